using System.Security.Cryptography;
using Aitbc.Primitives.Crypto;
using Aitbc.Sdk.Files;

namespace Aitbc.Node.Storage;

/// <summary>The validator's Ed25519 seed in a file that only its owner reads.</summary>
internal static class ValidatorKey
{
    public static byte[] ReadOrCreate(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "validator.key");
        if (!File.Exists(path))
            DurableFile.CreateSecret(path, RandomNumberGenerator.GetBytes(Ed25519Keys.SeedLength));
        var seed = File.ReadAllBytes(path);
        return seed.Length == Ed25519Keys.SeedLength
            ? seed
            : throw new NodeStartException(
                NodeStartException.Damaged, $"{path} is not a validator key of {Ed25519Keys.SeedLength} bytes.");
    }
}

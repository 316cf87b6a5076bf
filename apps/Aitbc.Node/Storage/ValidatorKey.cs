using System.Security.Cryptography;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Node.Storage;

/// <summary>The validator's Ed25519 seed in a file that only its owner reads.</summary>
internal static class ValidatorKey
{
    public static byte[] ReadOrCreate(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, "validator.key");
        if (!File.Exists(path))
        {
            var temporary = path + ".new";
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(temporary, options))
            {
                file.Write(RandomNumberGenerator.GetBytes(Ed25519Keys.SeedLength));
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path);
        }

        var seed = File.ReadAllBytes(path);
        return seed.Length == Ed25519Keys.SeedLength
            ? seed
            : throw new NodeStartException(
                NodeStartException.Damaged, $"{path} is not a validator key of {Ed25519Keys.SeedLength} bytes.");
    }
}

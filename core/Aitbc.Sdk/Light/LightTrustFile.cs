using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Sdk.Light;

/// <summary>
/// <see cref="LightTrust"/> as JSON: <c>chainId</c>, <c>genesis</c>, <c>height</c>, <c>validators</c> (hex of
/// specs/consensus.md, section 5.2) and <c>timeMs</c>.
/// </summary>
public static class LightTrustFile
{
    private const int MaxLength = 256 * 1024;

    /// <summary>Writes it.</summary>
    public static JsonObject ToJson(LightTrust trust)
    {
        ArgumentNullException.ThrowIfNull(trust);
        return new JsonObject
        {
            ["chainId"] = trust.ChainId,
            ["genesis"] = trust.Genesis.ToString(),
            ["height"] = trust.Height,
            ["validators"] = Hex.ToHex(trust.Validators.ToBytes()),
            ["timeMs"] = trust.TimeMs,
        };
    }

    /// <summary>Reads it.</summary>
    /// <param name="utf8">At most 256 KiB of JSON.</param>
    /// <exception cref="FormatException">Something else.</exception>
    public static LightTrust Parse(ReadOnlyMemory<byte> utf8)
    {
        if (utf8.Length > MaxLength)
            throw new FormatException($"A trust file has at most {MaxLength} bytes.");
        try
        {
            using var document = JsonDocument.Parse(utf8);
            var root = document.RootElement;
            var height = root.GetProperty("height").GetUInt64();
            if (height == 0 || !ValidatorSet.TryFromBytes(Hex.Parse(Text(root, "validators")), out var set))
                throw new FormatException("No height of at least 1, or no validator set.");
            return new LightTrust(
                root.GetProperty("chainId").GetUInt64(), Hash256.Parse(Text(root, "genesis")), height, set,
                root.GetProperty("timeMs").GetUInt64());
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw new FormatException($"Not a trust file: {e.Message}", e);
        }
    }

    private static string Text(JsonElement root, string name) =>
        root.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null.");
}

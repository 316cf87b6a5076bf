using System.Text.Json;
using Aitbc.Ledger.Genesis;
using Aitbc.Primitives;

namespace Aitbc.Node.Storage;

/// <summary>
/// Reads genesis.json: chainId, timestamp (seconds), gasLimit, baseFee, alloc (decimal atto-AIT) and, if there are,
/// validators.
/// </summary>
internal static class GenesisReader
{
    public static GenesisConfig Read(string path)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(path));
            var root = document.RootElement;
            return new GenesisConfig
            {
                ChainId = root.GetProperty("chainId").GetUInt64(),
                TimeMs = checked(root.GetProperty("timestamp").GetUInt64() * 1000),
                GasLimit = root.GetProperty("gasLimit").GetUInt64(),
                BaseFee = Number(root.GetProperty("baseFee")),
                Validators = Validators(root),
                Alloc = root.GetProperty("alloc").EnumerateObject()
                    .ToDictionary(p => Address.Parse(p.Name), p => Number(p.Value)),
            };
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException
            or KeyNotFoundException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new NodeStartException(
                NodeStartException.GenesisInvalid, $"The genesis file {path} cannot be read: {e.Message}", e);
        }
    }

    // Optional: a chain of one validator works without a registered set.
    private static IReadOnlyList<GenesisValidator> Validators(JsonElement root) =>
        root.TryGetProperty("validators", out var list)
            ? [.. list.EnumerateArray().Select(v => new GenesisValidator(
                Address.Parse(v.GetProperty("operator").GetString()!),
                Hash256.Parse(v.GetProperty("consensusKey").GetString()!),
                v.TryGetProperty("transportKeyHash", out var hash) ? Hash256.Parse(hash.GetString()!) : default))]
            : [];

    private static UInt256 Number(JsonElement element) => element.ValueKind == JsonValueKind.Number
        ? element.GetUInt64()
        : UInt256.Parse(element.GetString()!);
}

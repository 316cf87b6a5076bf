using System.Text.Json;
using Aitbc.Host.Errors;
using Aitbc.Host.Roles;
using Aitbc.Primitives;

namespace Aitbc.Host.Devnet;

/// <summary>
/// <c>genesis.json</c>: written once, by the first start, and never again. Amounts are decimal strings of atto-AIT.
/// </summary>
internal sealed record GenesisFile
{
    private const ulong BlockGasLimit = 300_000_000;
    private const ulong Gwei = 1_000_000_000;

    public required string Network { get; init; }

    public required ulong ChainId { get; init; }

    /// <summary>Unix time in seconds.</summary>
    public required ulong Timestamp { get; init; }

    public required ulong GasLimit { get; init; }

    /// <summary>atto-AIT for a unit of gas.</summary>
    public required UInt256 BaseFee { get; init; }

    /// <summary>Balances by address.</summary>
    public required Dictionary<string, UInt256> Alloc { get; init; }

    /// <summary>The first validators; left out where one node decides alone.</summary>
    public IReadOnlyList<GenesisMember>? Validators { get; init; }

    /// <summary>
    /// A development network's genesis: the test accounts, and 1,000 AIT for each role's own account.
    /// </summary>
    public static GenesisFile Devnet(
        IEnumerable<Address> roleAccounts, IReadOnlyList<DevnetValidator> validators, DateTimeOffset now)
    {
        var alloc = TestAccounts.Addresses().ToDictionary(a => a.ToString(), _ => TestAccounts.Balance);
        foreach (var account in roleAccounts)
            alloc[account.ToString()] = RoleAccounts.Balance;
        return new GenesisFile
        {
            Network = DevnetOptions.NetworkName,
            ChainId = DevnetOptions.ChainId,
            Timestamp = (ulong)now.ToUnixTimeSeconds(),
            GasLimit = BlockGasLimit,
            BaseFee = Gwei,
            Alloc = alloc,
            Validators = validators.Count > 1 ? [.. validators.Select(v => v.Member)] : null,
        };
    }

    public static GenesisFile Read(string path)
    {
        try
        {
            using var stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<GenesisFile>(stream, RoleSettings.Json)
                ?? throw new StartFailure(StartCodes.DataDamaged, $"{path} holds no genesis.");
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StartFailure(StartCodes.DataDamaged, $"{path} cannot be read: {e.Message}", null, e);
        }
    }

    public void Write(string path) =>
        SafeFile.Write(path, JsonSerializer.SerializeToUtf8Bytes(this, RoleSettings.Json));
}

using System.Text.Json.Serialization;
using Aitbc.Primitives;

namespace Aitbc.Spender;

/// <summary>What an agent is to do; it comes on the standard input.</summary>
public sealed record Plan(
    Uri Wallet, Uri Node, string Token, string Account, string Name, int Relayer, IReadOnlyList<ulong> Values)
{
    public const ulong ChainId = 7777;
    public const ulong Gas = 21_000;

    /// <summary>Per gas, in atto-AIT: the most, and what is paid on a chain whose base fee is 1.</summary>
    public const ulong MaxFee = 3;
    public const ulong PaidFee = 2;

    /// <summary>Everybody pays this one.</summary>
    public static Address Payee { get; } = Address.Parse("0x000000000000000000000000000000000000dEaD");
}

/// <summary>What an agent was given, and what it was not; it goes to the standard output.</summary>
public sealed class Tally
{
    /// <summary>Hashes of its transfers, with their values.</summary>
    public Dictionary<string, ulong> Transfers { get; init; } = [];

    /// <summary>Nonces of its authorizations, with their values; each was handed in to the chain.</summary>
    public Dictionary<string, ulong> Authorizations { get; init; } = [];

    /// <summary>Lines of its x402 payments, with their values; each was handed in to the chain.</summary>
    public Dictionary<long, ulong> Payments { get; init; } = [];

    /// <summary>Refused for good: the budget is used up.</summary>
    public int Refused { get; set; }

    /// <summary>Counted, and not signed when the daemon died: asked for anew.</summary>
    public int Lost { get; set; }

    /// <summary>Signed with a nonce that another transaction took: asked for anew.</summary>
    public int Void { get; set; }

    /// <summary>Requests that met no daemon, or one that died under them.</summary>
    public int Unreachable { get; set; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Plan))]
[JsonSerializable(typeof(Tally))]
public sealed partial class SpenderJson : JsonSerializerContext;

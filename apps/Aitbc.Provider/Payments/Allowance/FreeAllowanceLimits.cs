using Aitbc.Primitives;

namespace Aitbc.Provider.Payments.Allowance;

/// <summary>
/// Tokens that are given for nothing, by the day in UTC, to payers whose channel holds a deposit: without one, a new
/// identity would be a new allowance (specs/provider/allowance.md).
/// </summary>
public sealed class FreeAllowanceLimits
{
    /// <summary>Tokens of one payer a day; at least 1.</summary>
    public ulong TokensPerClient { get; set; }

    /// <summary>Tokens of all payers together a day; at least those of one.</summary>
    public ulong TokensPerDay { get; set; }

    /// <summary>What the channel that pays has to hold, in atto-AIT; at least 1.</summary>
    public UInt256 MinDeposit { get; set; }

    internal string? Problem() => this switch
    {
        { TokensPerClient: 0 } => "TokensPerClient must be at least 1.",
        _ when TokensPerDay < TokensPerClient => "TokensPerDay must be at least TokensPerClient.",
        _ when MinDeposit.IsZero => "MinDeposit must be at least 1 atto-AIT.",
        _ => null,
    };
}

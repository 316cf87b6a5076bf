using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Proxy;

/// <summary>Whom a proxy asks, and what it may pay.</summary>
internal sealed record ProxyPlan
{
    /// <summary>The gateway or provider; nothing else is ever asked.</summary>
    public required Uri Server { get; init; }

    /// <summary>The wallet with a budget's token.</summary>
    public required Func<string, PayClient> Wallet { get; init; }

    /// <summary>The most that one request may cost, in atto-AIT.</summary>
    public required UInt256 Most { get; init; }

    /// <summary>The most that may be paid into a channel at once, in atto-AIT; null = the wallet's rule.</summary>
    public UInt256? MaxDeposit { get; init; }

    /// <summary>Hears a line about each request.</summary>
    public required Action<string> Tell { get; init; }
}

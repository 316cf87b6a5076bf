using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;

namespace Aitbc.Wallet.Reconciling;

/// <summary>The node this wallet asks; without one nothing is asked, and what was signed stays counted.</summary>
internal sealed class WalletChain : IDisposable
{
    private readonly HttpClient? http;

    public WalletChain(WalletOptions options, TimeProvider time)
        : this(options.NodeUrl is { } url ? new HttpClient { BaseAddress = url } : null, time)
    {
    }

    /// <summary>Asks over a client of the caller's; null = nothing is asked.</summary>
    internal WalletChain(HttpClient? http, TimeProvider time)
    {
        if (http is null)
            return;
        this.http = http;
        Client = new ChainClient(http, time: time);
        Escrow = new EscrowClient(Client);
    }

    public ChainClient? Client { get; }

    public EscrowClient? Escrow { get; }

    /// <summary>A channel in the newest block.</summary>
    /// <exception cref="ChainUnavailableException">The node does not answer.</exception>
    public async Task<ChannelOnChain> ChannelAsync(Hash256 channel, CancellationToken cancel)
    {
        var answer = await AskAsync(ChannelAbi.Channels.EncodeCall(channel), cancel);
        var values = ChannelAbi.Channels.DecodeResult(answer);
        return new ChannelOnChain((UInt256)values[0]!, (UInt256)values[1]!);
    }

    /// <summary>The withdrawal that is under way: its amount, and the second of its start; 0 = none is.</summary>
    public async Task<(UInt256 Amount, ulong StartedAt)> WithdrawalAsync(Hash256 channel, CancellationToken cancel)
    {
        var answer = await AskAsync(ChannelAbi.PendingWithdrawals.EncodeCall(channel), cancel);
        var values = ChannelAbi.PendingWithdrawals.DecodeResult(answer);
        return ((UInt256)values[0]!, (ulong)(UInt256)values[1]!);
    }

    private Task<byte[]> AskAsync(byte[] call, CancellationToken cancel) =>
        Client!.CallAsync(new CallRequest(SystemContractAddresses.BatchSettlement, call), cancel);

    public void Dispose() => http?.Dispose();
}

/// <summary>A channel as the chain has it.</summary>
/// <param name="Balance">Deposits less withdrawals and refunds.</param>
/// <param name="Claimed">Of it, what the receiver has claimed.</param>
internal sealed record ChannelOnChain(UInt256 Balance, UInt256 Claimed);

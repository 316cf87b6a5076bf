using Aitbc.Primitives;

namespace Aitbc.Sdk.Wallet;

/// <summary>
/// Payments of x402 that the wallet signs under a budget (specs/wallet.md, Payments). Refusals are <see
/// cref="Errors.AitbcException"/>. The wallet calls no server itself: <see cref="X402.X402Handler"/> does.
/// </summary>
public sealed class PayClient
{
    private readonly WalletHttp wallet;

    internal PayClient(WalletHttp wallet) => this.wallet = wallet;

    /// <summary>Signs a payment for a request that was answered with 402.</summary>
    /// <param name="request">What is asked for and the most it may cost.</param>
    /// <param name="key">1 to 64 printable ASCII characters. The same key with the same request gives the same
    /// payment, counted once; with another request it is <c>idempotency_key_reused</c>.</param>
    /// <param name="cancel">Stops the wait; ask again with the same key to learn what happened.</param>
    public Task<Payment> PayAsync(PayRequest request, string key, CancellationToken cancel = default) =>
        wallet.PostAsync(
            "v1/pay", request, WalletJson.Default.PayRequest, WalletJson.Default.Payment, cancel, key);

    /// <summary>Tells the wallet how the server answered the paid request.</summary>
    /// <param name="payment">The payment's id.</param>
    /// <param name="result">The server's answer.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<PaymentResult> ResultAsync(
        long payment, PaymentResultRequest result, CancellationToken cancel = default) => wallet.PostAsync(
            FormattableString.Invariant($"v1/pay/{payment}/result"),
            result,
            WalletJson.Default.PaymentResultRequest,
            WalletJson.Default.PaymentResult,
            cancel);

    /// <summary>The payment channels of the budgets that the token may see, oldest first; 1,000 at most.</summary>
    public async Task<IReadOnlyList<ChannelInfo>> ChannelsAsync(CancellationToken cancel = default)
    {
        var list = await wallet.GetAsync("v1/channels", WalletJson.Default.ChannelList, cancel).ConfigureAwait(false);
        return list.Channels;
    }

    /// <summary>Starts taking back what no voucher has claimed of a channel; the account pays the chain's
    /// fee.</summary>
    /// <param name="channel">The channel's id.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<ChannelInfo> CloseAsync(Hash256 channel, CancellationToken cancel = default) => wallet.PostAsync(
        $"v1/channels/{channel.ToHex()}/close", WalletJson.Default.ChannelInfo, cancel);
}

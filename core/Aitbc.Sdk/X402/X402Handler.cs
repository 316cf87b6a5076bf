using System.Net;
using System.Security.Cryptography;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Sdk.X402;

/// <summary>
/// Lets any <see cref="HttpClient"/> pay servers of x402 (version 2) within a budget of the wallet daemon
/// (specs/wallet.md, Payments). A request that is answered with 402 and an offer is signed for by the wallet and sent
/// once more; every other answer passes untouched and unread, streams too. The wallet calls no server, and this handler
/// holds no key.
/// </summary>
/// <remarks>
/// Throws <see cref="AitbcException"/> if the wallet refuses (for example <c>budget_exceeded</c>), <see
/// cref="X402Exception"/> if a paid request ends without the server's answer, and whatever the inner handler throws
/// before anything was signed. Safe for concurrent use.
/// </remarks>
public sealed class X402Handler : DelegatingHandler
{
    private const int LongestUrl = 2_048;
    private const int MostTries = 3; // the payment, and its corrections
    private const string FailoverHeader = "X-Aitbc-Failover";
    private static readonly TimeSpan ShortPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongPause = TimeSpan.FromMilliseconds(500);
    private readonly PayClient wallet;
    private readonly X402HandlerOptions options;
    private readonly TimeProvider time;

    /// <summary>Makes a handler; <see cref="DelegatingHandler.InnerHandler"/> is what sends.</summary>
    /// <param name="wallet">The wallet, with the token of the budget that pays.</param>
    /// <param name="options">The most that requests may cost, and other bounds.</param>
    /// <param name="time">Clock of waits; null = the system's.</param>
    public X402Handler(PayClient wallet, X402HandlerOptions options, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(wallet);
        ArgumentNullException.ThrowIfNull(options);
        this.wallet = wallet;
        this.options = options;
        this.time = time ?? TimeProvider.System;
    }

    /// <inheritdoc />
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Headers.Contains(X402Headers.Signature))
            return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var key = request.Options.TryGetValue(X402Request.IdempotencyKey, out var named)
            ? named
            : RandomNumberGenerator.GetHexString(32, lowercase: true);
        var body = await BodyAsync(request, key, cancellationToken).ConfigureAwait(false);
        var response = await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
        var signed = UInt256.Zero;
        for (var tries = 1; IsOffer(response, out var offer) && tries <= MostTries; tries++)
        {
            response.Dispose();
            var payment = await PayAsync(
                Ask(request, body, offer, signed), key, cancellationToken).ConfigureAwait(false);
            var (answer, result) = await SendPaidAsync(
                request, body, payment, key, cancellationToken).ConfigureAwait(false);
            if (answer.StatusCode != HttpStatusCode.PaymentRequired)
                return answer;
            response = answer;
            if (Header(answer, FailoverHeader) is not null)
            {
                // A gateway says that the payee took nothing and offers another (specs/market/gateway.md). It is not
                // believed with money: what was signed counts against the most that this request may cost.
                signed += payment.Price;
                key = RandomNumberGenerator.GetHexString(32, lowercase: true);
                continue;
            }

            if (result?.Outcome != PaymentOutcome.Corrected)
            {
                response.Dispose();
                throw NotServed(result, key);
            }
        }

        return response;
    }

    private async Task<(HttpResponseMessage Answer, PaymentResult? Result)> SendPaidAsync(
        HttpRequestMessage request, byte[]? body, Payment payment, string key, CancellationToken cancel)
    {
        var paid = Copy(request, body);
        paid.Headers.Add(X402Headers.Signature, payment.Header);
        paid.Options.Set(X402Request.Payment, payment);
        HttpResponseMessage answer;
        try
        {
            answer = await base.SendAsync(paid, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
        {
            await TryTellAsync(payment, new PaymentResultRequest((int)HttpStatusCode.GatewayTimeout), default)
                .ConfigureAwait(false);
            cancel.ThrowIfCancellationRequested();
            throw new X402Exception(
                X402Exception.OutcomeUnknown,
                "The answer to the paid request was lost: the server may have taken the payment.",
                key,
                e);
        }

        var result = await TryTellAsync(
            payment,
            new PaymentResultRequest(
                (int)answer.StatusCode, Header(answer, X402Headers.Response), Header(answer, X402Headers.Required)),
            cancel).ConfigureAwait(false);
        if (result is not null)
            paid.Options.Set(X402Request.Result, result);
        return (answer, result);
    }

    // Another request may be on its way through the same channel: its turn comes when that is answered.
    private async Task<Payment> PayAsync(PayRequest ask, string key, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        for (var pause = ShortPause; ; pause = pause * 2 < LongPause ? pause * 2 : LongPause)
        {
            try
            {
                return await wallet.PayAsync(ask, key, cancel).ConfigureAwait(false);
            }
            catch (AitbcException e) when (e.Problem.Code is "channel_busy" or "in_progress"
                && time.GetElapsedTime(started) < options.BusyTimeout)
            {
                await Task.Delay(pause, time, cancel).ConfigureAwait(false);
            }
        }
    }

    // The server's answer is the caller's whether or not the wallet hears of it: it asks the chain anyway.
    private async Task<PaymentResult?> TryTellAsync(
        Payment payment, PaymentResultRequest result, CancellationToken cancel)
    {
        try
        {
            return await wallet.ResultAsync(payment.Id, result, cancel).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or AitbcException or InvalidDataException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }

    private PayRequest Ask(HttpRequestMessage request, byte[]? body, string offer, UInt256 signed) => new(
        offer,
        request.Method.Method,
        Url(request),
        Left(request.Options.TryGetValue(X402Request.MaxAmount, out var most) ? most : options.MaxAmount, signed))
    {
        BodyHash = body is null ? null : Keccak256.Hash(body),
        MaxDeposit = options.MaxDeposit,
        Purpose = request.Options.TryGetValue(X402Request.Purpose, out var purpose) ? purpose : options.Purpose,
        Budget = options.Budget,
        Refund = request.Options.TryGetValue(X402Request.Refund, out var refund) && refund,
    };

    private static UInt256 Left(UInt256 most, UInt256 signed) => most > signed ? most - signed : UInt256.Zero;

    private async Task<byte[]?> BodyAsync(HttpRequestMessage request, string key, CancellationToken cancel)
    {
        if (request.Content is not { } content)
            return null;
        try
        {
            await content.LoadIntoBufferAsync(options.MaxBodyBytes, cancel).ConfigureAwait(false);
        }
        catch (HttpRequestException e)
        {
            throw new X402Exception(
                X402Exception.BodyTooLarge,
                $"The body is longer than the {options.MaxBodyBytes} bytes that are kept to be sent again.",
                key,
                e);
        }

        return await content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
    }

    private static HttpRequestMessage Copy(HttpRequestMessage request, byte[]? body)
    {
        var copy = new HttpRequestMessage(request.Method, request.RequestUri)
        {
            Version = request.Version,
            VersionPolicy = request.VersionPolicy,
        };
        foreach (var header in request.Headers)
            copy.Headers.TryAddWithoutValidation(header.Key, header.Value);
        foreach (var option in (IDictionary<string, object?>)request.Options)
            ((IDictionary<string, object?>)copy.Options)[option.Key] = option.Value;
        if (body is null)
            return copy;
        copy.Content = new ByteArrayContent(body);
        foreach (var header in request.Content!.Headers)
            copy.Content.Headers.TryAddWithoutValidation(header.Key, header.Value);
        return copy;
    }

    private static bool IsOffer(HttpResponseMessage response, out string offer)
    {
        offer = Header(response, X402Headers.Required) ?? "";
        return response.StatusCode == HttpStatusCode.PaymentRequired && offer.Length > 0;
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) && values.FirstOrDefault() is { } value
            && value.Length <= X402Headers.LongestValue
            ? value
            : null;

    private static string Url(HttpRequestMessage request)
    {
        var url = request.RequestUri?.GetComponents(
            UriComponents.SchemeAndServer | UriComponents.PathAndQuery, UriFormat.UriEscaped) ?? "";
        return url.Length <= LongestUrl ? url : url[..LongestUrl];
    }

    private static X402Exception NotServed(PaymentResult? result, string key) => result?.Outcome switch
    {
        PaymentOutcome.Settled => new X402Exception(
            X402Exception.Taken, "The payment was taken, and the server gave nothing for it.", key),
        PaymentOutcome.Refused => new X402Exception(
            X402Exception.Refused, $"The server refused the payment: {result.Reason ?? "it does not say why"}.", key),
        _ => new X402Exception(
            X402Exception.OutcomeUnknown,
            "The server asks to be paid again, and it may have taken the payment before.",
            key),
    };
}

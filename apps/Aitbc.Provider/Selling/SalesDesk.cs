using System.Collections.Concurrent;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Payments;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Selling;

/// <summary>
/// From a request to its answer: room, payment, run. Nothing is run before its payment was verified, and nothing given
/// before that is written down.
/// </summary>
internal sealed class SalesDesk(
    PaymentDesk payments, PaymentOffers offers, SaleEntrance entrance, SaleBooks books, ProviderLifetime lifetime,
    ProviderOptions options, TimeProvider time, ILogger<SalesDesk> log)
{
    /// <summary>Header with which a client says that vouchers follow while a stream runs.</summary>
    public const string PayHeader = "X-Aitbc-Pay";

    private readonly ConcurrentDictionary<string, SaleRun> _runs = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _ends = new(StringComparer.Ordinal);

    /// <summary>The run of an answer that is under way.</summary>
    public SaleRun? Run(string answer) => _runs.GetValueOrDefault(answer);

    public int Running => _runs.Count;

    /// <summary>Ends when every answer that is under way has ended and is written down.</summary>
    public Task WhenEndedAsync() => Task.WhenAll(_ends.Values);

    /// <summary>The answer and its head. Throws <see cref="SaleRefusedException"/>; then nothing is charged.</summary>
    public async Task<(LiveAnswer Answer, AnswerHead Head)> SellAsync(HttpContext http, SaleOrder order)
    {
        var sale = await BeginAsync(http, order);
        return (sale.Answer, await sale.HeadAsync(http.RequestAborted));
    }

    /// <summary>The same for a payment that came in another way.</summary>
    /// <param name="order">What is asked.</param>
    /// <param name="payment">The payment as in PAYMENT-SIGNATURE; empty = none.</param>
    /// <param name="raises">Whether the client pays on while a stream runs.</param>
    /// <param name="cancel">Stops the wait for the answer, not the answer.</param>
    public async Task<(LiveAnswer Answer, AnswerHead Head)> SellAsync(
        SaleOrder order, string payment, bool raises, CancellationToken cancel)
    {
        var sale = await BeginAsync(order, payment, raises, cancel);
        return (sale.Answer, await sale.HeadAsync(cancel));
    }

    /// <summary>An answer that is paid and under way, for a door that need not wait for its head.</summary>
    public Task<BegunSale> BeginAsync(HttpContext http, SaleOrder order) => BeginAsync(
        order, http.Request.Headers[X402Headers.Signature].ToString(), http.Request.Headers[PayHeader] == "vouchers",
        http.RequestAborted);

    private async Task<BegunSale> BeginAsync(
        SaleOrder order, string payment, bool raises, CancellationToken cancel)
    {
        var me = entrance.Seller();
        var request = Request(order, raises);
        if (payment.Length == 0)
        {
            // Who would be refused anyway shall not sign a payment first.
            entrance.Admit(order);
            throw Unpaid(request, me, null);
        }

        try
        {
            var (agreed, asked) = Agreed(order, request, payment, raises, me);
            var answer = await TakeAsync(payment, asked, agreed, me, cancel);
            return new BegunSale(answer, e => Refusal(e, request, me));
        }
        catch (Exception e)
        {
            if (Refusal(e, request, me) is { } refusal)
                throw refusal;
            throw;
        }
    }

    /// <summary>What a failed payment is to who asked; null for what is none.</summary>
    private SaleRefusedException? Refusal(Exception e, PaidRequest request, ProviderIdentity me)
    {
        if (e is PaymentRefusedException refused)
            return Unpaid(request, me, refused);
        if (e is not (ChainUnavailableException or RpcException or TransactionOutcomeUnknownException
            or HttpRequestException or IOException or AitbcException))
            return null;
        log.LogWarning("A payment cannot be verified now: {Reason}", e.Message);
        return new SaleRefusedException(
            503, ProblemCodes.ChainUnavailable, "The payment cannot be verified or written down now.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
    }

    private PaidRequest Request(SaleOrder order, bool raises)
    {
        var isSliced = order.Format.IsStream && raises;
        var slice = isSliced ? order.Meter.Slice((ulong)options.Payments.TokensPerTally) : order.Meter.Cap;
        return new PaidRequest(order.RequestHash, order.Url, order.Meter.Cap, slice)
        {
            Admit = () => entrance.Admit(order),
            Ware = order.Ware.Name,
            Description = order.Ware.Description,
        };
    }

    /// <summary>The order at the price that a payment says, if that was asked before; else as it is.</summary>
    private (SaleOrder Order, PaidRequest Request) Agreed(
        SaleOrder order, PaidRequest request, string payment, bool raises, ProviderIdentity me)
    {
        var past = order.Ware.Past(order.Meter);
        if (past.Count == 0 || payments.IsFor(payment, request, me))
            return (order, request);
        foreach (var (meter, isFirm) in past)
        {
            var earlier = order with { Meter = meter };
            var asked = Request(earlier, raises) with { IsOffered = isFirm };
            if (payments.IsFor(payment, asked, me))
                return (earlier, asked);
        }

        return (order, request);
    }

    private async Task<LiveAnswer> TakeAsync(
        string header, PaidRequest request, SaleOrder order, ProviderIdentity me, CancellationToken cancel)
    {
        var answer = new LiveAnswer(AnswerStore.NewId());
        books.Answers.Add(answer);
        try
        {
            var taken = await payments.TakeAsync(header, request, me, answer.Id, cancel);
            if (taken.Grant is { } grant)
            {
                Start(order, grant, answer);
                return answer;
            }

            books.Answers.Forget(answer);
            return books.Answers.Find(taken.Earlier!)
                ?? throw SaleRefusals.Busy(
                    "The earlier answer to this payment ends just now.", TimeSpan.FromSeconds(1));
        }
        catch (Exception e)
        {
            // The same payment may have joined this answer meanwhile.
            answer.Refuse(e);
            books.Answers.Forget(answer);
            throw;
        }
    }

    private void Start(SaleOrder order, Grant grant, LiveAnswer answer)
    {
        order.Format.Name(answer.Id);
        order.Ware.Use();
        var run = new SaleRun(order, grant, answer, books, options.Payments, time, log);
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _runs[answer.Id] = run;
        _ends[answer.Id] = ended.Task;
        _ = Task.Run(async () =>
        {
            try
            {
                await run.RunAsync(lifetime.Stopping);
            }
            catch (Exception e)
            {
                // What could not be written down keeps its channel busy: nothing is charged or sold on it until a
                // start has looked.
                log.LogError(e, "The end of an answer could not be written down.");
                answer.Refuse(new SaleRefusedException(500, ProblemCodes.Internal, "The provider failed."));
            }

            _runs.TryRemove(answer.Id, out _);
            _ends.TryRemove(answer.Id, out _);
            run.Dispose();
            ended.SetResult();
        });
    }

    private SaleRefusedException Unpaid(PaidRequest request, ProviderIdentity me, PaymentRefusedException? refused) =>
        new(
            StatusCodes.Status402PaymentRequired,
            SaleRefusedException.PaymentRequired,
            refused is null
                ? $"This request costs at most {request.Cap} atto-AIT; the header PAYMENT-REQUIRED says how to pay."
                : $"The payment was refused: {refused.Code}.")
        {
            Required = offers.Required(request, me, refused?.Code, refused?.Correction),
            Response = refused?.SettlementFailure is { } failure ? PaymentResponses.Refused(me, failure) : null,
        };
}

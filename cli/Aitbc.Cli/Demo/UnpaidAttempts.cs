using Aitbc.Cli.Jobs;
using Aitbc.Cli.Network;
using Aitbc.Cli.Providers;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Demo;

/// <summary>
/// Goes to the provider's direct door without payment, and with half of the price, and looks at the provider's own
/// count of executions before and after.
/// </summary>
internal sealed class UnpaidAttempts(Session session, WalletAccount client, JobFlow flow)
{
    public async Task<IReadOnlyList<DemoRefusal>> RunAsync(WasmSample sample, CancellationToken cancel)
    {
        var order = DemoRun.Order("demo-unpaid", sample.Spec);
        var quote = await flow.QuoteAsync(order, [sample.Module, sample.Input], cancel);
        var registered = await session.Market().ProviderAsync(quote.Terms.Provider, cancel);
        var door = new ProviderDoor(session.Http(new Uri(registered.Url)));
        var unpaid = await TryAsync(
            "unpaid", ProblemCodes.PaymentRequired, door, quote.Terms, sample, cancel);
        var market = await session.MarketAsync(client.Address, cancel);
        await market.CancelAsync(quote.Id, cancel);
        return [unpaid, await UnderPaidAsync(quote.Terms, door, sample, cancel)];
    }

    /// <summary>
    /// Terms of the client's own making, for half of the budget, truly paid: only the amount is wrong. Ordering the
    /// same key afterwards tells the coordinator of it, which sees the wrong terms and gives the money back.
    /// </summary>
    private async Task<DemoRefusal> UnderPaidAsync(
        JobTerms quoted, ProviderDoor door, WasmSample sample, CancellationToken cancel)
    {
        const string key = "demo-under-paid";
        var terms = quoted with
        {
            JobId = JobId.Derive(client.Address, key),
            Budget = quoted.Budget / (UInt256)2UL,
        };
        var escrow = new EscrowClient(session.Chain, await session.SenderAsync(cancel));
        await escrow.OpenJobAsync(
            client.Address,
            new OpenJobRequest(
                JobId.ClientKey(key),
                terms.Provider,
                terms.Evaluator,
                terms.ExpiresAt,
                terms.EvaluationWindow,
                terms.Hash(),
                terms.Budget),
            cancel);
        var refusal = await TryAsync("under-paid", ProblemCodes.PaymentInsufficient, door, terms, sample, cancel);
        var order = await flow.QuoteAsync(DemoRun.Order(key, sample.Spec), [], cancel);
        var ended = await flow.WaitAsync(order.Id, _ => { }, cancel);
        return ended.State == JobState.Refunded
            ? refusal with { Detail = $"{refusal.Detail} The {Say.Ait(terms.Budget)} came back." }
            : refusal with { Code = "not_refunded" };
    }

    private static async Task<DemoRefusal> TryAsync(
        string attempt,
        string expected,
        ProviderDoor door,
        JobTerms terms,
        WasmSample sample,
        CancellationToken cancel)
    {
        var before = await ExecutedAsync(door, cancel);
        try
        {
            await door.OrderAsync(terms, sample.Spec, [sample.Module, sample.Input], cancel);
            return new DemoRefusal(attempt, null, "The provider did the work.", true, expected);
        }
        catch (AitbcException refusal)
        {
            var executed = await ExecutedAsync(door, cancel) != before;
            return new DemoRefusal(attempt, refusal.Problem.Code, refusal.Problem.Detail, executed, expected);
        }
    }

    private static async Task<long> ExecutedAsync(ProviderDoor door, CancellationToken cancel) =>
        (await door.StatsAsync(cancel))["executed"]?.GetValue<long>()
        ?? throw new InvalidDataException("The provider does not say how much it executed.");
}

using System.Text;
using Aitbc.Cli.Jobs;
using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Demo;

/// <summary>The demo as its client lives it: two paid jobs, two refusals, and a look at the coin's supply.</summary>
internal sealed class DemoRun(Session session, Output output, string folder)
{
    private readonly DemoReport report = new();

    public async Task<DemoReport> RunAsync(CancellationToken cancel)
    {
        var client = await session.AccountAsync(null, cancel);
        var flow = await JobFlow.OpenAsync(session, client.Address, cancel);
        var sample = WasmSample.Load();
        output.Progress($"job 1: {Path.GetFileName(sample.ModulePath)} over {Path.GetFileName(sample.InputPath)}");
        report.Jobs.Add(await PayAsync(
            client,
            flow,
            Order("demo-wasm", sample.Spec),
            [sample.Module, sample.Input],
            r => sample.Check(r.Output),
            cancel));
        await OllamaAsync(client, flow, cancel);
        output.Progress("two attempts to get work without paying for it");
        report.Refused.AddRange(await new UnpaidAttempts(session, client, flow).RunAsync(sample, cancel));
        var status = await session.Chain.StatusAsync(cancel);
        report.Conservation = status.Conservation
            && status.Supply.Total == status.Supply.Genesis - status.Supply.Burned;
        return report;
    }

    public static OrderRequest Order(string key, JobSpec spec) => new() { IdempotencyKey = key, Spec = spec };

    private async Task OllamaAsync(WalletAccount client, JobFlow flow, CancellationToken cancel)
    {
        var (model, missing) = await OllamaChat.FindAsync(cancel);
        if (model is null)
        {
            output.Progress($"job 2: skipped: {missing}");
            report.Jobs.Add(new DemoJob(JobSpec.OllamaEngine) { Skipped = $"skipped: {missing}" });
            return;
        }

        output.Progress($"job 2: a chat with {model}");
        var order = Order("demo-ollama", OllamaChat.Spec(model));
        report.Jobs.Add(await PayAsync(
            client, flow, order, [], r => (r.Output.Length > 0, Encoding.UTF8.GetString(r.Output)), cancel));
    }

    private async Task<DemoJob> PayAsync(
        WalletAccount client,
        JobFlow flow,
        OrderRequest order,
        IReadOnlyList<byte[]> blobs,
        Func<PaidResult, (bool Holds, string Text)> check,
        CancellationToken cancel)
    {
        var quote = await flow.QuoteAsync(order, blobs, cancel);
        var provider = quote.Terms.Provider;
        var clientBefore = await session.Chain.BalanceAsync(client.Address, cancel);
        var providerBefore = await session.Chain.BalanceAsync(provider, cancel);
        var funded = await flow.FundAsync(order, quote, cancel);
        var ended = await flow.WaitAsync(
            funded.Id, j => output.Progress($"  {j.State.ToString().ToLowerInvariant()}"), cancel);
        var told = new DemoJob(order.Spec.Engine)
        {
            Job = ended,
            UnitKind = ended.Terms.UnitKind,
            ClientBefore = clientBefore,
            ProviderBefore = providerBefore,
            ClientAfter = await session.Chain.BalanceAsync(client.Address, cancel),
            ProviderAfter = await session.Chain.BalanceAsync(provider, cancel),
        };
        if (ended.State != JobState.Settled)
            return told with { Verdict = $"refunded: {ended.Reason}", ResultHolds = false };
        var result = await flow.CollectAsync(ended, cancel);
        var (holds, text) = check(result);
        var (file, verification) = await VerifyOfflineAsync(result, cancel);
        return told with
        {
            ReceiptFile = file,
            ReceiptVerified = result.Verification.IsValid && verification.IsValid,
            Verdict = verification.Detail,
            Check = text,
            ResultHolds = holds,
        };
    }

    /// <summary>
    /// The anchor is the address that the coordinator registered and that the escrow paid. With it in hand the receipt
    /// is read back from its file and verified without asking anybody.
    /// </summary>
    private async Task<(string File, ReceiptVerification Verification)> VerifyOfflineAsync(
        PaidResult result, CancellationToken cancel)
    {
        var anchor = (await session.Market().ProviderAsync(result.Job.Terms.Provider, cancel)).Address;
        var file = Path.Combine(folder, $"{result.Job.Terms.Engine}.receipt.json");
        await FileAccessing.WriteAsync(file, Encoding.UTF8.GetBytes(result.Receipt.ToJson()), cancel);
        await FileAccessing.WriteAsync(Path.ChangeExtension(file, null) + ".output", result.Output, cancel);
        Address[] trusted = [anchor];
        var read = ReceiptFile.TryParse(await File.ReadAllBytesAsync(file, cancel));
        return (file, ReceiptVerifier.Verify(read, trusted, result.Output));
    }
}

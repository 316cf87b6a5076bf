using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Cli.Agents;

/// <summary>
/// Says on the chain how a job was, by the account that paid it and for a receipt that the escrow paid: once for each
/// agent and week.
/// </summary>
internal static class AgentFeedback
{
    private static readonly Argument<ulong> Id = new("agent") { Description = "The agent's number." };
    private static readonly Argument<string> File = new("receipt") { Description = "The receipt of a settled job." };

    private static readonly Option<int> Value = new("--value")
    {
        Description = "How it was, 0 (worst) to 100 (best).",
        DefaultValueFactory = _ => FeedbackClient.Best,
    };

    private static readonly Option<string?> Account = Symbols.Account();

    public static CliCommand Create() => new CliCommand(
        "feedback",
        "Say on the chain how a paid job was: once for an agent and week.",
        "aitbc agent feedback 0 job.receipt.json --value 90 --account dev1")
        .With(Id, File, Value, Account).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var (id, value, path) = (context.Get(Id), context.Get(Value), context.Get(File));
        if (value is < 0 or > FeedbackClient.Best)
            throw CliFailure.Usage($"--value is 0 to {FeedbackClient.Best}.");
        var file = ReceiptFile.TryParse(await FileAccessing.ReadAsync(path, ReceiptFile.MaxBytes, context.Cancel))
            ?? throw CliFailure.Failed("not_a_receipt", $"{path} is no receipt.", "'aitbc job result' writes one.");
        var chain = context.Session.Chain;
        var agent = await new AgentClient(chain).FindAsync(id, context.Cancel) ?? throw AgentVoice.Unknown(id);
        var payer = await context.Session.AccountAsync(context.Get(Account), context.Cancel);
        await CheckAsync(context, file, agent, payer.Address);
        var feedback = new FeedbackClient(chain, await context.Session.SenderAsync(context.Cancel));
        if (await feedback.IsGivenAsync(id, file.Receipt, context.Cancel))
            throw CliFailure.Failed(
                "feedback_given", $"{payer.Address} has said how agent {id} was in that week.",
                "A receipt of another week can be said something of.");
        var sent = await feedback.GiveAsync(id, file.Receipt, value, context.Cancel);
        context.Output.Facts(
            ("agent", id.ToString()),
            ("value", $"{value} of {FeedbackClient.Best}"),
            ("job", file.Receipt.JobId.ToString()),
            ("transaction", sent.Hash.ToString()));
        context.Output.Json(new JsonObject
        {
            ["agentId"] = id,
            ["value"] = value,
            ["week"] = FeedbackClient.WeekTag(file.Receipt),
            ["jobId"] = file.Receipt.JobId.ToString(),
            ["transaction"] = sent.Hash.ToString(),
        });
    }

    /// <summary>The agent's own receipt, paid by this account.</summary>
    private static async Task CheckAsync(CommandContext context, ReceiptFile file, Agent agent, Address payer)
    {
        var trusted = agent.Wallet is { } wallet ? [agent.Owner, wallet] : new List<Address> { agent.Owner };
        var verified = await ReceiptVerifier.VerifyOnChainAsync(
            file, trusted, context.Session.Chain, context.Cancel);
        if (!verified.IsValid)
            throw CliFailure.Failed(
                "receipt_refused", $"{verified.Verdict}: {verified.Detail}",
                "It must be of a settled job of the agent's owner or wallet.");
        if (file.Receipt.Client != payer)
            throw CliFailure.Failed(
                "not_the_payer", $"The job was paid by {file.Receipt.Client}, not by {payer}.",
                "Name the account that paid with --account.");
    }
}

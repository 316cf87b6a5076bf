using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;

namespace Aitbc.Cli.Wallets;

internal static class WalletSend
{
    private static readonly Argument<Address> To = Symbols.Address("to", "Who gets it.");
    private static readonly Argument<Amount> Value =
        Symbols.Amount("amount", "How much, such as 1.5 (AIT) or '1500 atto'.");
    private static readonly Option<string?> Account = Symbols.Account();

    private static readonly Option<string?> WaitApproval = new("--wait-approval")
    {
        Description = "How long to wait for the owner where a budget needs an approval, such as 30m.",
    };

    public static CliCommand Create() => new CliCommand(
        "send",
        "Send coins and wait until that is final.",
        "aitbc wallet send 0x70997970C51812dc3A010C7d01b50e0d17dc79C8 1.5 --account dev0")
        .With(To, Value, Account, WaitApproval).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        TimeSpan? patience = context.Get(WaitApproval) is { } text ? Durations.Read(text) : null;
        var from = await context.Session.AccountAsync(context.Get(Account), context.Cancel);
        var sender = patience is { } most
            ? context.Session.Sender(
                new ApprovedSigner(await context.Session.WalletAsync(context.Cancel), most, context.Output))
            : await context.Session.SenderAsync(context.Cancel);
        var call = new CallRequest(context.Get(To), default, context.Get(Value).Atto);
        var sent = await SendAsync(context, sender, from.Address, call);
        context.Output.Facts(
            ("transaction", sent.Hash.ToString()),
            ("block", sent.Receipt.BlockNumber.ToString()),
            ("fee", Say.Ait(sent.Receipt.EffectiveGasPrice * sent.Receipt.GasUsed)),
            ("result", sent.Receipt.Succeeded ? "final" : "reverted; only the fee was paid"));
        context.Output.Json(new JsonObject
        {
            ["hash"] = sent.Hash.ToString(),
            ["block"] = sent.Receipt.BlockNumber,
            ["fee"] = Say.Json(sent.Receipt.EffectiveGasPrice * sent.Receipt.GasUsed),
            ["succeeded"] = sent.Receipt.Succeeded,
        });
        context.Exit = sent.Receipt.Succeeded ? ExitCode.Ok : ExitCode.Refused;
    }

    // Whoever stops the wait after the signature must not be told that nothing happened.
    private static async Task<SentTransaction> SendAsync(
        CommandContext context, TransactionSender sender, Address from, CallRequest call)
    {
        try
        {
            return await sender.SendAsync(from, call, context.Cancel);
        }
        catch (OperationCanceledException e) when (context.Session.Signed is not null)
        {
            throw Failures.OutcomeUnknown(context.Session.Signed.Value, e);
        }
        catch (AitbcException e) when (e.Problem.Code == "idempotency_key_required")
        {
            throw new CliFailure(
                ExitCode.Refused,
                "approval_required",
                "The budget needs the owner's approval for this.",
                "--wait-approval 30m asks for it and waits.",
                e);
        }
    }
}

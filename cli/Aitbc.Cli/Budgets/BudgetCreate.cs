using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Budgets;

/// <summary>The token goes to a file that only its owner reads, or once to the terminal.</summary>
internal static class BudgetCreate
{
    private static readonly Argument<string> Label = new("label") { Description = "Name of the budget." };
    private static readonly Argument<Amount> Value = Symbols.Amount("amount", "What may be spent, such as 5 (AIT).");
    private static readonly Option<string?> Account = Symbols.Account();
    private static readonly Option<Amount?> PerCall =
        Symbols.AmountOption("--per-call", "One signature spends at most so much.");
    private static readonly Option<Amount?> PerJob =
        Symbols.AmountOption("--per-job", "All signatures for one job spend at most so much.");
    private static readonly Option<Amount?> ApproveAbove =
        Symbols.AmountOption("--approve-above", "What is above waits for 'aitbc budget approve'.");

    private static readonly Option<string?> Parent = new("--parent")
    {
        Description = "Label or id of the budget that this one is a part of.",
    };

    private static readonly Option<BudgetPeriod> Per = new("--per")
    {
        Description = "total, hour or day: when the amount starts anew.",
        DefaultValueFactory = _ => BudgetPeriod.Total,
    };

    private static readonly Option<string[]> Payees = new("--payee")
    {
        Description = "An address that may be paid; may be repeated (default: any).",
    };

    private static readonly Option<string[]> Classes = new("--class")
    {
        Description = "A resource class that may be bought, such as wasm or 'model/*'; may be repeated (default: any).",
    };

    private static readonly Option<string[]> Contracts = new("--contract")
    {
        Description = "ADDRESS or ADDRESS:METHOD that may be called though the wallet does not understand it.",
    };

    private static readonly Option<int?> Rate = new("--rate") { Description = "Signatures a minute at most." };

    private static readonly Option<string?> Expires = new("--expires")
    {
        Description = "How long it lasts, such as 90m, 12h or 30d.",
    };

    private static readonly Option<string?> TokenFile = new("--token-file")
    {
        Description = "File for the budget's token (mode 0600); without it the token is shown once.",
    };

    public static CliCommand Create() => new CliCommand(
        "create",
        "Make a budget and its token.",
        "aitbc budget create agent 5 --per day --per-call 0.1 --expires 30d --token-file agent.token")
        .With(Label, Value, Account, Parent, Per, PerCall, PerJob, ApproveAbove, Payees, Classes, Contracts, Rate)
        .With(Expires, TokenFile).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var parent = context.Get(Parent) is { } name ? await BudgetLookup.FindAsync(context, name) : null;
        Address? account = parent is null
            ? (await context.Session.AccountAsync(context.Get(Account), context.Cancel)).Address
            : null;
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var file = context.Get(TokenFile);
        if (file is not null && File.Exists(file))
            throw CliFailure.Usage($"{file} is there already: name another file.");
        var made = await wallet.Budgets.CreateAsync(
            new CreateBudgetRequest(context.Get(Label), Limits(context), account, parent?.Id), context.Cancel);
        if (file is not null)
            await FileAccessing.WriteSecretAsync(file, made.Token, context.Cancel);
        context.Output.Facts(BudgetLookup.Facts(made.Budget));
        context.Output.Line();
        context.Output.Line(file is null
            ? $"token (shown this once): {made.Token}"
            : $"token in {file}; an agent uses it with --wallet-token-file {file}");
        context.Output.Json(new JsonObject
        {
            ["budget"] = Say.Json(made.Budget, WalletJson.Default.BudgetInfo),
            ["token"] = file is null ? made.Token : null,
            ["tokenFile"] = file,
        });
    }

    private static BudgetLimits Limits(CommandContext context) => new()
    {
        Amount = context.Get(Value).Atto,
        Period = context.Get(Per),
        PerCall = context.Get(PerCall)?.Atto,
        PerJob = context.Get(PerJob)?.Atto,
        ApproveAbove = context.Get(ApproveAbove)?.Atto,
        Payees = context.Get(Payees) is { Length: > 0 } payees ? [.. payees.Select(ReadAddress)] : null,
        Classes = context.Get(Classes) is { Length: > 0 } classes ? classes : null,
        Contracts = context.Get(Contracts) is { Length: > 0 } contracts ? [.. contracts.Select(ReadContract)] : null,
        RatePerMinute = context.Get(Rate),
        ExpiresAt = context.Get(Expires) is { } duration ? DateTimeOffset.UtcNow + Durations.Read(duration) : null,
    };

    private static AllowedContract ReadContract(string text)
    {
        var at = text.IndexOf(':', StringComparison.Ordinal);
        return at < 0
            ? new AllowedContract(ReadAddress(text))
            : new AllowedContract(ReadAddress(text[..at]), [text[(at + 1)..]]);
    }

    private static Address ReadAddress(string text) => Address.TryParse(text, out var address)
        ? address
        : throw CliFailure.Usage($"'{text}' is no address: 0x and 40 hex digits.");
}

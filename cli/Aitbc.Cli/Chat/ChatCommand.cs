using System.CommandLine;
using Aitbc.Cli.Budgets;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.X402;

namespace Aitbc.Cli.Chat;

/// <summary>Talks with a model that is paid by the token, within a budget of the wallet.</summary>
internal static class ChatCommand
{
    public const string Name = "chat";
    public const string Text = "Talk with a model that is paid by the token, within a budget.";
    private const string UsualMax = "0.1";

    private static readonly Argument<string?> Prompt = new("prompt")
    {
        Description = "What to ask; without it, standard input, or a conversation in a terminal.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => null,
    };

    private static readonly Option<string?> Model = new("--model", "-m")
    {
        Description = "The model (default: the cheapest that is sold).",
    };

    private static readonly Option<string?> Budget = new("--budget")
    {
        Description = "Label or id of the budget that pays; needed with the owner's token.",
    };

    private static readonly Option<Amount?> Max = Symbols.AmountOption(
        "--max", $"The most that one answer may cost (default: {UsualMax} AIT).");

    private static readonly Option<Amount?> MaxDeposit = Symbols.AmountOption(
        "--max-deposit", "The most that may be paid into a provider's channel at once.");

    private static readonly Option<int> MaxTokens = new("--max-tokens")
    {
        Description = "The most tokens of an answer, 1 to 131072.",
        DefaultValueFactory = _ => 1024,
    };

    private static readonly Option<string?> System = new("--system") { Description = "What the model is told first." };

    private static readonly Option<Uri?> Server = Symbols.UrlOption(
        "--server", "A gateway or a provider to ask (default: the coordinator).");

    public static CliCommand Create() => new CliCommand(
        Name, Text, "aitbc chat --budget agent \"What is two plus two?\"")
        .With(Prompt, Model, Budget, Max, MaxDeposit, MaxTokens, System, Server).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var tokens = context.Get(MaxTokens);
        if (tokens is < 1 or > 131_072)
            throw CliFailure.Usage("--max-tokens is 1 to 131072.", "'aitbc chat --help' shows what it takes.");
        var prompt = context.Get(Prompt);
        if (prompt is null && (Console.IsInputRedirected || context.Output.IsJson))
            prompt = await Console.In.ReadToEndAsync(context.Cancel);
        if (prompt is not null && string.IsNullOrWhiteSpace(prompt))
            throw CliFailure.Usage("There is nothing to ask.", "Name a prompt, or write one to standard input.");
        var max = context.Get(Max) is { } most ? most.Atto : Amount.Parse(UsualMax).Atto;
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var budget = context.Get(Budget) is { } name ? await BudgetLookup.FindAsync(context, name) : null;
        using var http = new HttpClient(new X402Handler(wallet.Payments, new X402HandlerOptions
        {
            MaxAmount = max,
            MaxDeposit = context.Get(MaxDeposit)?.Atto,
            Budget = budget?.Id,
        })
        {
            InnerHandler = new SocketsHttpHandler(),
        })
        {
            BaseAddress = new Uri(
                (context.Get(Server) ?? context.Session.Endpoints.Coordinator).ToString().TrimEnd('/') + "/"),
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var model = context.Get(Model) ?? await ModelChoice.CheapestAsync(http, context.Cancel);
        using var interrupts = new Interrupts();
        var talk = new Talk(context, http, interrupts, model, context.Get(System), tokens, max);
        if (prompt is null)
            await talk.TalkAsync();
        else
            await talk.OnceAsync(prompt);
    }
}

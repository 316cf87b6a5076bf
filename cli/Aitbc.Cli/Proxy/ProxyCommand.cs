using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Proxy;

/// <summary>
/// An address on this machine at which clients that know nothing of payments are served: the API key that they send is
/// the token of the budget that pays.
/// </summary>
internal static class ProxyCommand
{
    public const string Name = "proxy";
    public const string Text = "Let any client of OpenAI's or Ollama's API pay: its API key is a budget's token.";
    private const string UsualMax = "0.1";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private static readonly Option<int> Port = new("--port")
    {
        Description = "Port on this machine, loopback only.",
        DefaultValueFactory = _ => 8020,
    };

    private static readonly Option<Amount?> Max = Symbols.AmountOption(
        "--max", $"The most that one request may cost (default: {UsualMax} AIT).");

    private static readonly Option<Amount?> MaxDeposit = Symbols.AmountOption(
        "--max-deposit", "The most that may be paid into a provider's channel at once.");

    private static readonly Option<Uri?> Server = Symbols.UrlOption(
        "--server", "A gateway or a provider to ask (default: the coordinator; only a provider speaks Ollama's API).");

    public static CliCommand Create() => new CliCommand(Name, Text, "aitbc proxy --max 0.05")
        .With(Port, Max, MaxDeposit, Server).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var port = context.Get(Port);
        if (port is < 1 or > 65_535)
            throw CliFailure.Usage("--port is 1 to 65535.", "'aitbc proxy --help' shows what it takes.");
        var server = context.Get(Server) ?? context.Session.Endpoints.Coordinator;
        var wallet = context.Session.Http(context.Session.Endpoints.Wallet);
        var plan = new ProxyPlan
        {
            Server = server,
            Wallet = token => new WalletClient(wallet, token).Payments,
            Most = context.Get(Max)?.Atto ?? Amount.Parse(UsualMax).Atto,
            MaxDeposit = context.Get(MaxDeposit)?.Atto,
            Tell = context.Output.Progress,
        };
        await using var proxy = PayingProxy.Start(port, plan);
        await LookAsync(context, server, "server");
        await LookAsync(context, context.Session.Endpoints.Wallet, "wallet");
        TellReady(context.Output, proxy.Url, plan);
        await proxy.RunAsync(context.Cancel);
        context.Output.Progress("stopped");
    }

    /// <summary>Whether it answers at all; one that does not may come later, and is no reason not to listen.</summary>
    private static async Task LookAsync(CommandContext context, Uri address, string what)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(context.Cancel);
        patience.CancelAfter(Patience);
        try
        {
            using var answer = await context.Session.Http(address).GetAsync("health", patience.Token);
        }
        catch (Exception e) when (e is HttpRequestException
            || (e is OperationCanceledException && !context.Cancel.IsCancellationRequested))
        {
            context.Output.Progress($"The {what} at {address} gives no answer now: requests fail until it does.");
        }
    }

    private static void TellReady(Output output, string url, ProxyPlan plan)
    {
        output.Line($"Requests at {url} go to {plan.Server} and cost at most {Say.Ait(plan.Most)} each.");
        output.Line("A client's API key is the token of the budget that pays; 'aitbc budget create NAME 5' makes one.");
        output.Line();
        output.Line($"  OPENAI_BASE_URL={url}/v1 OPENAI_API_KEY=TOKEN your-program");
        output.Line();
        output.Line("ready; Ctrl-C stops it");
        output.Json(new JsonObject
        {
            ["ready"] = true,
            ["url"] = url,
            ["server"] = plan.Server.ToString(),
            ["max"] = plan.Most.ToString(),
        });
    }
}

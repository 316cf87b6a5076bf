using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Agents;

namespace Aitbc.Cli.Agents;

internal static class AgentRegister
{
    // What one transaction's data may hold, with room for the rest of it.
    private const int MaxUri = 64 * 1024;

    private static readonly Argument<string> Called = new("name") { Description = "What people call it." };

    private static readonly Option<string> Description = new("--description")
    {
        Description = "What it does.",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string?> Image = new("--image") { Description = "Address of a picture." };

    private static readonly Option<AgentService[]> Services = new("--service")
    {
        Description = "Where it can be reached, as PROTOCOL=ADDRESS, such as "
            + "A2A=https://host/.well-known/agent-card.json; may be repeated.",
        CustomParser = result =>
        {
            var services = new List<AgentService>();
            foreach (var token in result.Tokens)
            {
                if (token.Value.Split('=', 2) is [{ Length: > 0 } protocol, { Length: > 0 } endpoint])
                    services.Add(new AgentService(protocol, endpoint));
                else
                    result.AddError($"'{token.Value}' is no PROTOCOL=ADDRESS.");
            }

            return [.. services];
        },
    };

    private static readonly Option<bool> X402 = new("--x402") { Description = "Its services are paid by x402." };

    private static readonly Option<string?> Uri = new("--uri")
    {
        Description = "Address of its registration file (default: the file is kept on the chain, made of the above).",
    };

    private static readonly Option<bool> NoMessages = new("--no-messages")
    {
        Description = "Register no key for messages: nobody can write to it.",
    };

    private static readonly Option<Uri?> Inbox = AgentOpenInbox.Inbox();
    private static readonly Option<string?> Account = Symbols.Account();

    public static CliCommand Create() => new CliCommand(
        "register",
        "Register an agent of the account; each time is another agent.",
        "aitbc agent register translator --description 'Translates.' --service MCP=https://host/mcp --account dev1")
        .With(Called, Description, Image, Services, X402, Uri, NoMessages, Inbox, Account).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var profile = new AgentProfile
        {
            Name = context.Get(Called),
            Description = context.Get(Description) ?? "",
            Image = context.Get(Image),
            Services = context.Get(Services) ?? [],
            X402Support = context.Get(X402),
        };
        var uri = context.Get(Uri) ?? profile.ToUri();
        if (uri.Length > MaxUri)
            throw CliFailure.Usage($"The registration has {uri.Length} characters; at most {MaxUri} are taken.");
        var owner = await context.Session.AccountAsync(context.Get(Account), context.Cancel);
        var agents = new AgentClient(context.Session.Chain, await context.Session.SenderAsync(context.Cancel));
        var entries = context.Get(NoMessages)
            ? null
            : await AgentOpenInbox.EntriesAsync(context, owner.Address, context.Get(Inbox));
        var (id, sent) = await agents.RegisterAsync(owner.Address, uri, entries, context.Cancel);
        var registry = Agent.RegistryName(await context.Session.Chain.ChainIdAsync(context.Cancel), agents.Registry);
        context.Output.Facts(
            ("agent", id.ToString()),
            ("registry", registry),
            ("owner", owner.Address.ToString()),
            ("transaction", sent.Hash.ToString()));
        context.Output.Json(new JsonObject
        {
            ["agentId"] = id,
            ["agentRegistry"] = registry,
            ["owner"] = owner.Address.ToString(),
            ["transaction"] = sent.Hash.ToString(),
        });
    }
}

using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Messages;

namespace Aitbc.Cli.Agents;

internal static class AgentOpenInbox
{
    /// <summary>Where an agent reads.</summary>
    public static Option<Uri?> Inbox() => Symbols.UrlOption(
        "--inbox", "Address of the coordinator where it reads, for those who look elsewhere.");

    private static readonly Argument<ulong> Id = new("agent") { Description = "Its number." };
    private static readonly Option<Uri?> At = Inbox();
    private static readonly Option<string?> Account = Symbols.Account();

    public static CliCommand Create() => new CliCommand(
        "open-inbox",
        "Register the wallet's key for messages to an agent that has none, or an old one.",
        "aitbc agent open-inbox 0 --account dev1")
        .With(Id, At, Account).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var id = context.Get(Id);
        var account = await context.Session.AccountAsync(context.Get(Account), context.Cancel);
        var agents = new AgentClient(context.Session.Chain, await context.Session.SenderAsync(context.Cancel));
        var sent = new List<Hash256>();
        foreach (var (key, value) in await EntriesAsync(context, account.Address, context.Get(At)))
        {
            sent.Add((await agents.SetMetadataAsync(account.Address, id, key, value, context.Cancel)).Hash);
        }

        context.Output.Facts(
            ("agent", id.ToString()),
            ("transactions", string.Join(' ', sent)));
        context.Output.Json(new JsonObject
        {
            ["agentId"] = id,
            ["transactions"] = new JsonArray([.. sent.Select(h => (JsonNode)h.ToString())]),
        });
    }

    /// <summary>What an agent registers so that it can be written to.</summary>
    public static async Task<Dictionary<string, byte[]>> EntriesAsync(
        CommandContext context, Address account, Uri? inbox)
    {
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var key = await wallet.Messages.KeyAsync(account, context.Cancel);
        var entries = new Dictionary<string, byte[]> { [MessageSealing.MetadataKey] = key.ToArray() };
        if (inbox is null)
            return entries;
        var address = Encoding.UTF8.GetBytes(inbox.ToString());
        if (address.Length > MessageSealing.MaxInbox)
            throw CliFailure.Usage($"--inbox has at most {MessageSealing.MaxInbox} bytes.");
        entries[MessageSealing.InboxKey] = address;
        return entries;
    }
}

using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Messages;

namespace Aitbc.Cli.Agents;

internal static class AgentInbox
{
    private const int WaitSeconds = 25;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private static readonly Argument<ulong> Id = new("agent") { Description = "Number of the agent that reads." };

    private static readonly Option<string[]> Topics = new("--topic")
    {
        Description = "Only this topic; may be repeated.",
    };

    private static readonly Option<ulong?> Sender = new("--sender") { Description = "Only of this agent." };

    private static readonly Option<int> Limit = new("--limit")
    {
        Description = "How many, 1 to 100.",
        DefaultValueFactory = _ => 20,
    };

    private static readonly Option<bool> Keep = new("--keep")
    {
        Description = "Leave the messages in the inbox.",
    };

    private static readonly Option<bool> Watch = new("--watch")
    {
        Description = "Wait for more until it is stopped; with --json one document a message.",
    };

    private static readonly Option<string?> Account = Symbols.Account();

    public static CliCommand Create() => new CliCommand(
        "inbox",
        "Read the messages to an agent; those that were shown are taken out of the inbox.",
        "aitbc agent inbox 1 --watch")
        .With(Id, Topics, Sender, Limit, Keep, Watch, Account).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var query = new InboxQuery
        {
            Topics = context.Get(Topics) ?? [],
            Sender = context.Get(Sender),
            Limit = context.Get(Limit),
        };
        if (query.Limit is < 1 or > 100)
            throw CliFailure.Usage("--limit is 1 to 100.");
        var mailbox = await AgentVoice.MailboxAsync(
            context.Session, context.Get(Id), context.Get(Account), context.Cancel);
        if (context.Get(Watch))
        {
            await WatchAsync(context, mailbox, query with { WaitSeconds = WaitSeconds });
            return;
        }

        var read = await mailbox.ReadAsync(context.Get(Id), query, context.Cancel);
        foreach (var one in read)
            Tell(context.Output, one);
        if (read.Count == 0)
            context.Output.Line("No messages.");
        context.Output.Json(new JsonObject { ["messages"] = new JsonArray([.. read.Select(Json)]) });
        await AcknowledgeAsync(context, mailbox, read);
    }

    private static async Task WatchAsync(CommandContext context, AgentMailbox mailbox, InboxQuery query)
    {
        while (true)
        {
            try
            {
                var read = await mailbox.ReadAsync(context.Get(Id), query, context.Cancel);
                foreach (var one in read)
                {
                    Tell(context.Output, one);
                    context.Output.Json(Json(one));
                }

                await AcknowledgeAsync(context, mailbox, read);
                if (read.Count > 0)
                    query = query with { After = read[^1].Number };
            }
            catch (OperationCanceledException) when (context.Cancel.IsCancellationRequested)
            {
                return; // whoever watches stops it
            }
            catch (Exception e) when (e is HttpRequestException or AitbcException { Problem.Retryable: true })
            {
                context.Output.Progress($"{e.Message} Trying again.");
                await Task.Delay(Pause, context.Cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Shown first and acknowledged then: what was shown and not acknowledged comes again and says so.
    private static async Task AcknowledgeAsync(
        CommandContext context, AgentMailbox mailbox, IReadOnlyList<ReceivedMessage> read)
    {
        // What is for another key may be for another wallet of this agent.
        var done = read.Where(r => r.Fault != MessageFaults.KeyUnknown).ToList();
        if (!context.Get(Keep) && done.Count > 0)
            await mailbox.AcknowledgeAsync(context.Get(Id), done, context.Cancel);
    }

    private static void Tell(Output output, ReceivedMessage one)
    {
        var topic = one.Message.Topic.Length == 0 ? "" : $" [{one.Message.Topic}]";
        var before = one.OpenedAt is { } at ? $" (seen before, {Say.Time(at)})" : "";
        output.Line($"#{one.Number} from agent {one.Message.From}, {SentAt(one)}{topic}{before}");
        // Indented, so that no text looks like the head of another message.
        output.Line("  " + (one.Text is { } text
            ? (Readable(text) ?? "base64: " + Convert.ToBase64String(text)).ReplaceLineEndings("\n  ")
            : $"Not to be believed: {one.Fault}"));
    }

    private static JsonNode Json(ReceivedMessage one) => new JsonObject
    {
        ["number"] = one.Number,
        ["digest"] = one.Digest.ToString(),
        ["from"] = one.Message.From,
        ["to"] = one.Message.To,
        ["id"] = one.Message.Id.ToString(),
        ["sentAt"] = one.Message.SentAt,
        ["topic"] = one.Message.Topic,
        ["fault"] = one.Fault,
        ["openedAt"] = one.OpenedAt,
        ["text"] = one.Text is { } text ? Readable(text) : null,
        ["data"] = one.Text is { } bytes ? Convert.ToBase64String(bytes) : null,
    };

    private static string SentAt(ReceivedMessage one) => one.Fault is null
        ? Say.Time(DateTimeOffset.FromUnixTimeSeconds((long)one.Message.SentAt))
        : "at an unknown time";

    private static string? Readable(byte[] text)
    {
        try
        {
            return Strict.GetString(text);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }
}

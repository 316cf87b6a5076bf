using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Messages;

namespace Aitbc.Cli.Agents;

internal static class AgentSend
{
    private static readonly Argument<ulong> To = new("to") { Description = "Number of the agent that reads it." };

    private static readonly Argument<string?> Text = new("text")
    {
        Description = "What it says (or --file).",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<ulong> From = new("--from")
    {
        Description = "Number of the agent that writes.",
        Required = true,
    };

    private static readonly Option<string> Topic = new("--topic")
    {
        Description = "At most 64 of a-z 0-9 . _ / -; everybody on the way sees it.",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string?> File = new("--file") { Description = "A file with the bytes, 64 KiB." };
    private static readonly Option<string?> Account = Symbols.Account();

    public static CliCommand Create() => new CliCommand(
        "send",
        "Write to another agent: signed, and sealed so that only it can read it.",
        "aitbc agent send 1 \"Can you translate this?\" --from 0 --topic work")
        .With(To, Text, From, Topic, File, Account).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var (text, file) = (context.Get(Text), context.Get(File));
        if (text is null == file is null)
            throw CliFailure.Usage("Exactly one of the text and --file is needed.");
        var topic = context.Get(Topic) ?? "";
        if (!AgentMessage.IsTopic(topic))
            throw CliFailure.Usage("--topic is at most 64 of a-z 0-9 . _ / -.");
        var bytes = text is not null
            ? Encoding.UTF8.GetBytes(text)
            : await FileAccessing.ReadAsync(file!, AgentMessage.MaxPayload, context.Cancel);
        if (bytes.Length > AgentMessage.MaxPayload)
            throw CliFailure.Usage($"A message has at most {AgentMessage.MaxPayload} bytes.");
        var (from, to) = (context.Get(From), context.Get(To));
        var mailbox = await AgentVoice.MailboxAsync(
            context.Session, from, context.Get(Account), context.Cancel);
        var message = await mailbox.SealAsync(from, to, bytes, topic, context.Cancel);
        var receipt = await mailbox.PostAsync(message, context.Cancel);
        context.Output.Facts(
            ("message", receipt.Digest.ToString()),
            ("from", $"agent {from}"),
            ("to", $"agent {to}"),
            ("kept until", Say.Time(receipt.ExpiresAt)));
        context.Output.Json(new JsonObject
        {
            ["digest"] = receipt.Digest.ToString(),
            ["id"] = message.Id.ToString(),
            ["from"] = from,
            ["to"] = to,
            ["topic"] = topic,
            ["expiresAt"] = receipt.ExpiresAt,
        });
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chat;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.X402;

namespace Aitbc.Cli.Chat;

/// <summary>A conversation: what was said is sent along, and what it costs is counted.</summary>
internal sealed class Talk(
    CommandContext context, HttpClient http, Interrupts interrupts, string model, string? system, int maxTokens,
    UInt256 maxPrice)
{
    private readonly List<ChatTurn> turns = system is null ? [] : [new ChatTurn("system", system)];
    private UInt256 total = UInt256.Zero;

    /// <summary>One question and its answer.</summary>
    public async Task OnceAsync(string prompt)
    {
        var answer = await AnswerAsync(prompt);
        context.Output.Json(new JsonObject
        {
            ["model"] = model,
            ["text"] = answer.Text,
            ["reason"] = answer.Reason,
            ["tokens"] = answer.Tokens,
            ["charged"] = Say.Json(answer.Cost),
            ["counted"] = answer.IsCounted,
            ["stopped"] = answer.IsStopped,
            ["provider"] = answer.Provider?.ToString(),
            ["answer"] = answer.Id,
            ["lost"] = new JsonArray([.. answer.Lost.Select(l => (JsonNode)l.ToString())]),
        });
        if (answer.IsStopped)
            context.Exit = ExitCode.Failure;
    }

    /// <summary>Questions from a terminal, until an empty line or its end.</summary>
    public async Task TalkAsync()
    {
        context.Output.Progress(
            $"{model}. At most {Say.Ait(maxPrice)} an answer. Ctrl-C stops an answer; an empty line ends the chat.");
        while (true)
        {
            context.Output.Part("> ");
            if (Console.ReadLine() is not { Length: > 0 } line)
                break;
            try
            {
                await AnswerAsync(line);
            }
            catch (Exception e) when (e is AitbcException or X402Exception or HttpRequestException or IOException
                or InvalidDataException)
            {
                // The conversation outlives an answer that failed; the question is not kept.
                context.Output.Failure(ChatFailures.From(e));
            }
        }

        context.Output.Progress($"{Say.Ait(total)} in all.");
    }

    private async Task<Answered> AnswerAsync(string prompt)
    {
        var chat = new PaidChat(http);
        var answer = new Answered();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(context.Cancel);
        interrupts.Do(() =>
        {
            // The first asks for an end with its cost; a second does not wait for that.
            if (answer.IsStopped)
                ending.Cancel();
            answer.IsStopped = true;
            _ = StopAsync(chat, ending);
        });
        try
        {
            var ask = new ChatAsk(model, [.. turns, new ChatTurn("user", prompt)], maxTokens) { MaxPrice = maxPrice };
            await foreach (var part in chat.AskAsync(ask, ending.Token))
                Take(part, answer);
        }
        catch (Exception e) when (e is not OperationCanceledException || context.Cancel.IsCancellationRequested)
        {
            total += answer.Cost;
            throw ChatFailures.From(e);
        }
        catch (OperationCanceledException)
        {
            answer.Reason = "stopped";
        }
        finally
        {
            interrupts.Do(null);
        }

        context.Output.Line();
        total += answer.Cost;
        turns.AddRange([new ChatTurn("user", prompt), new ChatTurn("assistant", answer.Text)]);
        context.Output.Progress(
            $"{answer.Tokens} tokens, {(answer.IsCounted ? "" : "at most ")}{Say.Ait(answer.Cost)}"
            + (answer.IsStopped ? ", stopped" : "") + $" ({Say.Ait(total)} in all).");
        return answer;
    }

    private void Take(ChatPart part, Answered answer)
    {
        switch (part)
        {
            case ChatText text:
                answer.Said.Append(text.Text);
                context.Output.Part(text.Text);
                break;
            case ChatCost cost:
                (answer.Cost, answer.Tokens, answer.IsCounted) = (cost.Cost, cost.Tokens, cost.IsFinal);
                context.Output.Title($"{model}: {cost.Tokens} tokens, {Say.Ait(total + cost.Cost)}");
                break;
            case ChatMoved moved:
                answer.Lost.Add(moved.Lost);
                context.Output.Progress(
                    $"\n{moved.Lost} was lost, paid at most {Say.Ait(moved.PaidAtMost)}; another provider goes on.");
                break;
            case ChatEnd end:
                (answer.Reason, answer.Provider, answer.Id) = (end.Reason, end.Provider, end.Answer);
                break;
        }
    }

    private static async Task StopAsync(PaidChat chat, CancellationTokenSource ending)
    {
        try
        {
            await chat.StopAsync(ending.Token);
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            // Who is not reached sees its reader leave, and stops then.
            Stop(ending);
        }
    }

    private static void Stop(CancellationTokenSource ending)
    {
        try
        {
            ending.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The answer has ended.
        }
    }

    private sealed class Answered
    {
        public StringBuilder Said { get; } = new();

        public string Text => Said.ToString();

        public string Reason { get; set; } = "stop";

        public ulong Tokens { get; set; }

        public UInt256 Cost { get; set; } = UInt256.Zero;

        public bool IsCounted { get; set; }

        public bool IsStopped { get; set; }

        public Address? Provider { get; set; }

        public string? Id { get; set; }

        public List<Address> Lost { get; } = [];
    }
}

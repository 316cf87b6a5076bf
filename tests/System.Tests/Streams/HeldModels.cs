using System.Net;
using System.Tests.Processes;
using System.Text;
using System.Text.Json.Nodes;

namespace System.Tests.Streams;

/// <summary>
/// A server of models in Ollama's format that stops in the middle of an answer until a test lets it go on.
/// </summary>
internal sealed class HeldModels : IDisposable
{
    public const string Model = "tiny:latest";
    public const int PromptTokens = 17;
    private readonly HttpListener listener = new();
    private TaskCompletionSource middle = Closed();

    public HeldModels()
    {
        var port = Ports.Free();
        Host = $"127.0.0.1:{port}";
        listener.Prefixes.Add($"http://{Host}/");
        listener.Start();
        _ = ServeAsync();
    }

    public string Host { get; }

    /// <summary>Words before the middle of an answer, and behind it.</summary>
    public static IReadOnlyList<string> Before { get; } = [.. Enumerable.Range(0, 5).Select(i => $"w{i} ")];

    public static IReadOnlyList<string> Behind { get; } = [.. Enumerable.Range(5, 5).Select(i => $"w{i} ")];

    /// <summary>Answers rest in their middle until <see cref="GoOn"/>.</summary>
    public void Hold() => middle = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void GoOn() => middle.TrySetResult();

    public void Dispose()
    {
        middle.TrySetResult();
        listener.Close();
    }

    private static TaskCompletionSource Closed()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await listener.GetContextAsync());
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            // It was closed.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            using var response = context.Response;
            if (context.Request.Url!.AbsolutePath == "/api/chat")
                await ChatAsync(context, middle.Task);
            else
                await WriteAsync(response, Fixed(context.Request.Url.AbsolutePath));
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            // Who asked has gone.
        }
    }

    private static async Task ChatAsync(HttpListenerContext context, Task middle)
    {
        context.Response.ContentType = "application/x-ndjson";
        context.Response.SendChunked = true;
        foreach (var word in Before)
            await WriteAsync(context.Response, Line(word, []));
        await middle;
        foreach (var word in Behind)
            await WriteAsync(context.Response, Line(word, []));
        await WriteAsync(context.Response, Line("", new JsonObject
        {
            ["done_reason"] = "stop",
            ["prompt_eval_count"] = PromptTokens,
            ["eval_count"] = Before.Count + Behind.Count,
        }));
    }

    private static string Line(string word, JsonObject end)
    {
        end["model"] = Model;
        end["created_at"] = "2026-01-02T03:04:05.678901234Z";
        end["message"] = new JsonObject { ["role"] = "assistant", ["content"] = word };
        end["done"] = end.ContainsKey("done_reason");
        return end.ToJsonString() + "\n";
    }

    private static string Fixed(string path) => path switch
    {
        "/api/version" => """{"version":"0.9.9"}""",
        "/api/tags" => """
            {"models":[{"name":"tiny:latest","model":"tiny:latest","modified_at":"2026-01-02T03:04:05.678901234Z",
            "size":1,"digest":"sha256:0011","details":{"family":"x"},"capabilities":["completion"]}]}
            """,
        _ => """{"models":[]}""",
    };

    private static async Task WriteAsync(HttpListenerResponse response, string text)
    {
        await response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(text));
        await response.OutputStream.FlushAsync();
    }
}

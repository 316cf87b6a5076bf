using System.Net;
using System.Text;
using System.Text.Json;
using OllamaSharp;
using OllamaSharp.Models;
using OllamaSharp.Models.Chat;
using OllamaSharp.Models.Exceptions;

namespace Aitbc.Provider.Engines.Ollama;

/// <summary>What is known of a server that answered: its version and its models with their digests.</summary>
internal sealed record OllamaInfo(string Version, IReadOnlyDictionary<string, string> Models);

/// <summary>
/// Speaks with one Ollama server. Its own queue is not trusted: the provider's slots bound what reaches it. Every
/// failure is an end with a code; only cancellation by the caller is thrown.
/// </summary>
internal sealed class OllamaServer : IDisposable
{
    private readonly OllamaLimits _limits;
    private readonly TimeProvider _time;
    private readonly HttpClient _http;

    public OllamaServer(OllamaLimits limits, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        Address = OllamaAddress.Resolve(limits.Host);
        var sockets = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false };
        _http = new HttpClient(new BoundedResponses(limits.MaxResponseBytes, sockets))
        {
            BaseAddress = Address,
            // Each call has its own deadline below.
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public Uri Address { get; }

    /// <summary>Null when nothing that speaks Ollama answers within <see cref="OllamaLimits.DetectMs"/>.</summary>
    public async Task<OllamaInfo?> DetectAsync(CancellationToken cancellation)
    {
        using var deadline = Deadline(_limits.DetectMs, cancellation);
        try
        {
            using var client = Client();
            var version = await client.GetVersionAsync(deadline.Token);
            var models = await client.ListLocalModelsAsync(deadline.Token);
            return new OllamaInfo(
                version ?? "unknown",
                models.Where(m => m.Name is not null)
                    .GroupBy(m => m.Name)
                    .ToDictionary(g => g.Key, g => g.First().Digest ?? "unknown"));
        }
        catch (Exception absent) when (!cancellation.IsCancellationRequested && IsExpected(absent))
        {
            return null;
        }
    }

    public async Task<EngineOutcome> ChatAsync(OllamaChat chat, CancellationToken cancellation)
    {
        if (await DetectAsync(cancellation) is not { } info)
            return EngineOutcome.Fail(EngineEnds.EngineUnreachable, $"No Ollama answers at {Address}.");
        if (Digest(info, chat.Model) is not { } digest)
            return EngineOutcome.Fail(EngineEnds.ModelMissing, $"The model {chat.Model} is not installed here.");
        using var deadline = Deadline(_limits.MaxWallMs, cancellation);
        try
        {
            var outcome = await CollectAsync(chat, deadline.Token);
            return outcome with { Version = $"ollama/{info.Version} {chat.Model}@{digest}" };
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return EngineOutcome.Fail(
                EngineEnds.TimeExceeded, $"The completion took longer than {_limits.MaxWallMs} ms.");
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested && IsExpected(fault))
        {
            return EndOf(fault, chat);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<EngineOutcome> CollectAsync(OllamaChat chat, CancellationToken cancellation)
    {
        var request = new ChatRequest
        {
            Model = chat.Model,
            Stream = true,
            Messages = [.. chat.Turns.Select(t => new Message(new ChatRole(t.Role), t.Content))],
            Options = new RequestOptions { NumPredict = chat.MaxOutputTokens, Seed = chat.Seed },
        };
        var text = new StringBuilder();
        long visible = 0;
        using var client = Client();
        await foreach (var part in client.ChatAsync(request, cancellation))
        {
            text.Append(part?.Message?.Content);
            visible += Encoding.UTF8.GetByteCount(part?.Message?.Content ?? "")
                + Encoding.UTF8.GetByteCount(part?.Message?.Thinking ?? "");
            if (part is ChatDoneResponseStream { Done: true } done)
                return Finish(chat, done, text, visible);
        }

        // The library ends its loop quietly when it is cancelled.
        cancellation.ThrowIfCancellationRequested();
        return EngineOutcome.Fail(EngineEnds.EngineFault, "The answer was cut before it was finished.");
    }

    private static EngineOutcome Finish(OllamaChat chat, ChatDoneResponseStream done, StringBuilder text, long visible)
    {
        if (done.DoneReason is not ("stop" or "length" or null or ""))
            return EngineOutcome.Fail(
                EngineEnds.EngineFault, $"The completion ended with the reason \"{done.DoneReason}\".");
        // Ollama omits counts of zero, such as those of a prompt that was cached: the client is not charged for them.
        if (OllamaCounts.Problem(chat, done.PromptEvalCount, done.EvalCount, visible) is { } problem)
            return EngineOutcome.Fail(EngineEnds.EngineUntrusted, problem);
        var units = (ulong)done.PromptEvalCount + (ulong)done.EvalCount;
        return EngineOutcome.Complete(Encoding.UTF8.GetBytes(text.ToString()), units);
    }

    private EngineOutcome EndOf(Exception fault, OllamaChat chat) => fault switch
    {
        HttpRequestException { StatusCode: HttpStatusCode.NotFound } =>
            EngineOutcome.Fail(EngineEnds.ModelMissing, $"The model {chat.Model} is not installed here."),
        HttpRequestException { StatusCode: HttpStatusCode.BadRequest } =>
            EngineOutcome.Fail(EngineEnds.RequestInvalid, "The server did not understand the request."),
        HttpRequestException { StatusCode: null, HttpRequestError: HttpRequestError.ConnectionError } =>
            EngineOutcome.Fail(EngineEnds.EngineUnreachable, $"No Ollama answers at {Address}."),
        _ when Chain(fault).Any(e => e is ResponseTooLargeException) =>
            EngineOutcome.Fail(
                EngineEnds.OutputExceeded, $"The answer has more than {_limits.MaxResponseBytes} bytes."),
        _ => EngineOutcome.Fail(EngineEnds.EngineFault, $"The server failed: {fault.GetType().Name}."),
    };

    private static string? Digest(OllamaInfo info, string model) =>
        info.Models.GetValueOrDefault(model) ?? info.Models.GetValueOrDefault(model + ":latest");

    /// <summary>Everything that a server or a socket can do to a call; a defect here is none of these.</summary>
    private static bool IsExpected(Exception e) =>
        e is HttpRequestException or IOException or JsonException or OllamaException or OperationCanceledException
            or InvalidOperationException or FormatException or NotSupportedException;

    private static IEnumerable<Exception> Chain(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
            yield return e;
    }

    // The client holds state for one call; the connections are shared.
    private OllamaApiClient Client() => new(_http);

    private LinkedDeadline Deadline(int milliseconds, CancellationToken outer) =>
        new(TimeSpan.FromMilliseconds(milliseconds), _time, outer);
}

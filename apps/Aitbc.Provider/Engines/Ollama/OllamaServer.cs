using System.Runtime.CompilerServices;
using System.Text.Json;
using Aitbc.Provider.Engines.Models;

namespace Aitbc.Provider.Engines.Ollama;

/// <summary>
/// Speaks with one Ollama server. Its own queue is not trusted: slots for each model bound what reaches it.
/// </summary>
internal sealed class OllamaServer : IModelServer, IDisposable
{
    private const int MostModels = 10_000;
    private readonly OllamaLimits _limits;
    private readonly TimeProvider _time;
    private readonly ModelHttp _http;
    private readonly ModelRunner _runner;
    private Known? _known;

    public OllamaServer(OllamaLimits limits, TimeProvider time)
    {
        _limits = limits;
        _time = time;
        _http = new ModelHttp(OllamaAddress.Resolve(limits.Host), limits);
        _runner = new ModelRunner(limits, time);
    }

    public Uri Address => _http.Address;

    public ModelSlots Slots => _runner.Slots;

    public Task<ModelList?> ModelsAsync(CancellationToken cancellation) => _runner.AskAsync(ListAsync, cancellation);

    public IAsyncEnumerable<EnginePiece> ChatAsync(
        ChatCall call, Queueing queueing, CancellationToken cancellation) =>
        StreamAsync(call, queueing, "api/chat", name => OllamaWire.Chat(call, name, _limits), cancellation);

    public IAsyncEnumerable<EnginePiece> GenerateAsync(
        GenerateCall call, Queueing queueing, CancellationToken cancellation) =>
        StreamAsync(call, queueing, "api/generate", name => OllamaWire.Generate(call, name, _limits), cancellation);

    public Task<Embeddings> EmbedAsync(EmbedCall call, Queueing queueing, CancellationToken cancellation) =>
        _runner.EmbedAsync(call, queueing, stop => EmbedNowAsync(call, stop), cancellation);

    public void Dispose() => _http.Dispose();

    private IAsyncEnumerable<EnginePiece> StreamAsync(
        ModelCall call, Queueing queueing, string path, Func<string, byte[]> body, CancellationToken cancellation) =>
        _runner.StreamAsync(
            call, queueing, (tally, stop) => AnswerAsync(call, path, body, tally, stop), cancellation);

    private async IAsyncEnumerable<EnginePiece> AnswerAsync(
        ModelCall call,
        string path,
        Func<string, byte[]> body,
        Tally tally,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (name, version) = await FindAsync(call.Model, cancellation);
        await using var answer = await _http.OpenAsync(path, body(name), "application/x-ndjson", cancellation);
        var pieces = OllamaAnswer.ReadAsync(answer.Body, call, tally, _limits.ContextTokens, cancellation);
        await foreach (var piece in pieces)
        {
            yield return piece is EndPiece end
                ? new EndPiece(end.Outcome with { Version = version }) : piece;
        }
    }

    private async Task<Embeddings> EmbedNowAsync(EmbedCall call, CancellationToken cancellation)
    {
        var (name, version) = await FindAsync(call.Model, cancellation);
        using var answer = await _http.PostAsync("api/embed", OllamaWire.Embed(call, name, _limits), cancellation);
        var vectors = answer.RootElement.GetProperty("embeddings").EnumerateArray()
            .Select(v => v.EnumerateArray().Select(f => f.GetSingle()).ToArray()).ToList();
        var tokens = answer.RootElement.TryGetProperty("prompt_eval_count", out var count) ? count.GetUInt64() : 0;
        return new Embeddings(EngineOutcome.Complete(default, tokens) with { Version = version }, vectors);
    }

    /// <summary>
    /// The model's full name, and what a receipt states: the server's version and the model's digest.
    /// </summary>
    private async Task<(string Name, string Version)> FindAsync(string model, CancellationToken cancellation)
    {
        var known = Volatile.Read(ref _known);
        if (known is null || _time.GetElapsedTime(known.At).TotalMilliseconds > _limits.ModelsForMs
            || known.List.Find(model) is null)
        {
            var list = await _runner.AskAsync(TagsAsync, cancellation)
                ?? throw new EngineStopException(EngineOutcome.Fail(
                    EngineEnds.EngineUnreachable, $"No Ollama answers at {Address}."));
            Volatile.Write(ref _known, known = new Known(list, _time.GetTimestamp()));
        }

        var found = known.List.Find(model)
            ?? throw new EngineStopException(EngineOutcome.Fail(
                EngineEnds.ModelMissing, $"The model {model} is not installed here."));
        return (found.Name, $"ollama/{known.List.Version} {model}@{found.Digest}");
    }

    private async Task<ModelList?> TagsAsync(CancellationToken cancellation)
    {
        using var version = await _http.GetAsync("api/version", cancellation);
        using var tags = await _http.GetAsync("api/tags", cancellation);
        var models = tags.RootElement.GetProperty("models").EnumerateArray().Take(MostModels).Select(m =>
            new ModelState(m.GetProperty("name").GetString() ?? "")
            {
                Digest = Printable(m.GetProperty("digest").GetString()),
                Capabilities = Texts(m, "capabilities"),
            });
        return new ModelList(Printable(version.RootElement.GetProperty("version").GetString()), [.. models]);
    }

    /// <summary>The models, with what of them is in memory now.</summary>
    private async Task<ModelList?> ListAsync(CancellationToken cancellation)
    {
        var list = await TagsAsync(cancellation);
        using var running = await _http.GetAsync("api/ps", cancellation);
        var loaded = running.RootElement.TryGetProperty("models", out var models)
            && models.ValueKind == JsonValueKind.Array
            ? models.EnumerateArray().Take(MostModels).ToList() : [];
        return list! with { Models = [.. list.Models.Select(m => WithLoad(m, loaded))] };
    }

    private static ModelState WithLoad(ModelState model, IReadOnlyList<JsonElement> loaded)
    {
        foreach (var entry in loaded.Where(l => l.GetProperty("name").GetString() == model.Name))
        {
            var context = entry.TryGetProperty("context_length", out var length) ? length.GetInt64() : (long?)null;
            return model with { Warm = true, ContextTokens = context };
        }

        return model with { Warm = false };
    }

    private static IReadOnlyList<string> Texts(JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array
            ? [.. list.EnumerateArray().Take(32).Select(t => Printable(t.GetString()))] : [];

    /// <summary>It goes into receipts and logs.</summary>
    private static string Printable(string? text) =>
        text is { Length: > 0 and <= 128 } && text.All(c => c is > ' ' and < '\u007f') ? text : "unknown";

    private sealed record Known(ModelList List, long At);
}

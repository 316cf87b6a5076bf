using System.Runtime.CompilerServices;
using System.Text.Json;
using Aitbc.Provider.Engines.Models;

namespace Aitbc.Provider.Engines.OpenAi;

/// <summary>
/// Speaks with one OpenAI-compatible server, such as vLLM or llama.cpp. It gets this provider's own key and nothing
/// that a caller sent but the call itself.
/// </summary>
internal sealed class OpenAiServer : IModelServer, IDisposable
{
    private const int MostModels = 10_000;
    private readonly OpenAiLimits _limits;
    private readonly ModelHttp _http;
    private readonly ModelRunner _runner;

    /// <summary>
    /// Throws <see cref="IOException"/> or <see cref="FormatException"/> when the key cannot be read.
    /// </summary>
    public OpenAiServer(OpenAiLimits limits, TimeProvider time)
    {
        _limits = limits;
        var text = limits.Url!.AbsoluteUri;
        // A relative path replaces what follows the last slash, which must therefore be there.
        var address = new Uri(text.EndsWith('/') ? text : text + "/");
        _http = new ModelHttp(address, limits, limits.KeyFile is { } file ? KeyFile.Read(file) : null);
        _runner = new ModelRunner(limits, time);
    }

    public ModelSlots Slots => _runner.Slots;

    public Task<ModelList?> ModelsAsync(CancellationToken cancellation) => _runner.AskAsync(ListAsync, cancellation);

    public IAsyncEnumerable<EnginePiece> ChatAsync(
        ChatCall call, Queueing queueing, CancellationToken cancellation) =>
        StreamAsync(call, queueing, "chat/completions", () => OpenAiWire.Chat(call), cancellation);

    public IAsyncEnumerable<EnginePiece> GenerateAsync(
        GenerateCall call, Queueing queueing, CancellationToken cancellation) =>
        call.System is null && call.Pictures.Count == 0
            ? StreamAsync(call, queueing, "completions", () => OpenAiWire.Generate(call), cancellation)
            : ChatAsync(AsChat(call), queueing, cancellation);

    public Task<Embeddings> EmbedAsync(EmbedCall call, Queueing queueing, CancellationToken cancellation) =>
        _runner.EmbedAsync(call, queueing, stop => EmbedNowAsync(call, stop), cancellation);

    public void Dispose() => _http.Dispose();

    /// <summary>Completions know neither instructions nor pictures; a chat does.</summary>
    private static ChatCall AsChat(GenerateCall call)
    {
        var question = new ChatTurn("user", call.Prompt) { Images = call.Pictures };
        return new ChatCall
        {
            Model = call.Model,
            Turns = call.System is { } system ? [new ChatTurn("system", system), question] : [question],
            MaxOutputTokens = call.MaxOutputTokens,
            Seed = call.Seed,
            Temperature = call.Temperature,
            TopP = call.TopP,
            Stop = call.Stop,
            Format = call.Format,
            Think = call.Think,
        };
    }

    private IAsyncEnumerable<EnginePiece> StreamAsync(
        ModelCall call, Queueing queueing, string path, Func<byte[]> body, CancellationToken cancellation) =>
        _runner.StreamAsync(
            call, queueing, (tally, stop) => AnswerAsync(call, path, body, tally, stop), cancellation);

    private async IAsyncEnumerable<EnginePiece> AnswerAsync(
        ModelCall call,
        string path,
        Func<byte[]> body,
        Tally tally,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        Refuse(call.Model);
        await using var answer = await _http.OpenAsync(path, body(), "text/event-stream", cancellation);
        var reading = new OpenAiAnswer(call, tally);
        await foreach (var piece in reading.ReadAsync(answer.Body, cancellation))
        {
            yield return piece is EndPiece end
                ? new EndPiece(end.Outcome with { Version = Version(call.Model, reading.Fingerprint) }) : piece;
        }
    }

    private async Task<Embeddings> EmbedNowAsync(EmbedCall call, CancellationToken cancellation)
    {
        Refuse(call.Model);
        using var answer = await _http.PostAsync("embeddings", OpenAiWire.Embed(call), cancellation);
        var vectors = new float[call.Inputs.Count][];
        foreach (var item in answer.RootElement.GetProperty("data").EnumerateArray())
        {
            var index = item.GetProperty("index").GetInt32();
            if (index < 0 || index >= vectors.Length || vectors[index] is not null)
                throw new FormatException("The vectors are not those that were asked for.");
            vectors[index] = [.. item.GetProperty("embedding").EnumerateArray().Select(f => f.GetSingle())];
        }

        if (vectors.Any(v => v is null))
            throw new FormatException("A vector is missing.");
        if (!answer.RootElement.TryGetProperty("usage", out var usage) || usage.ValueKind != JsonValueKind.Object
            || !usage.TryGetProperty("prompt_tokens", out var tokens))
            throw new EngineStopException(EngineOutcome.Fail(
                EngineEnds.UsageMissing, "The server did not say how many tokens it used."));
        var outcome = EngineOutcome.Complete(default, tokens.GetUInt64());
        return new Embeddings(outcome with { Version = Version(call.Model, null) }, vectors);
    }

    private async Task<ModelList?> ListAsync(CancellationToken cancellation)
    {
        using var answer = await _http.GetAsync("models", cancellation);
        var names = answer.RootElement.GetProperty("data").EnumerateArray().Take(MostModels)
            .Select(m => m.GetProperty("id").GetString() ?? "").Where(IsSold);
        return new ModelList("openai-compatible", [.. names.Select(n => new ModelState(n))]);
    }

    /// <summary>A model that is not sold is not asked for, although the server may have it.</summary>
    private void Refuse(string model)
    {
        if (!IsSold(model))
            throw new EngineStopException(EngineOutcome.Fail(
                EngineEnds.ModelMissing, $"The model {model} is not installed here."));
    }

    private bool IsSold(string model) => _limits.Models.Count == 0 || _limits.Models.Contains(model);

    private static string Version(string model, string? fingerprint) =>
        fingerprint is null ? $"openai-compatible {model}" : $"openai-compatible {model}@{fingerprint}";
}

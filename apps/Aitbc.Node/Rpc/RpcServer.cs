using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Node.Rpc.Sending;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Rpc;

/// <summary>
/// JSON-RPC 2.0, whatever door it comes through (specs/rpc.md). Results are written straight into the answer's bytes;
/// every bound is named in <see cref="NodeOptions"/>.
/// </summary>
internal sealed partial class RpcServer(
    MethodTable table, RpcTurns turns, SubmissionReader submissions, NodeOptions options, TimeProvider time,
    ILogger<RpcServer> log)
{
    /// <summary>A message costs one more for each so many bytes of it.</summary>
    private const int BytesOfOne = 4 * 1024;

    /// <summary>Reading one of so many bytes takes a turn.</summary>
    private const int LongRequest = 64 * 1024;

    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 32 };

    /// <summary>
    /// Answers a request or a batch; nothing is written if nothing is to be answered.
    /// </summary>
    /// <param name="request">UTF-8 JSON of any content; must stay as it is until the answer is there.</param>
    /// <param name="caller">Who asks.</param>
    /// <param name="answer">Where to.</param>
    /// <param name="gone">Nobody waits for the answer any more.</param>
    /// <returns>When to come back if the caller asked too often for all of it; else null.</returns>
    public async ValueTask<TimeSpan?> AnswerAsync(
        ReadOnlySequence<byte> request, RpcCaller caller, Answer answer, CancellationToken gone)
    {
        var deadline = new RpcDeadline(time, options.RequestTimeout, gone);
        if (!caller.Budget.TryTake((int)(request.Length / BytesOfOne), out var retryAfter))
        {
            answer.Error(default, RpcError.TooOften(retryAfter));
            return retryAfter;
        }

        JsonDocument document;
        try
        {
            document = await ParseAsync(request, deadline).ConfigureAwait(false);
        }
        catch (Exception e) when (e is JsonException or RpcError)
        {
            answer.Error(default, e as RpcError ?? RpcError.NotJson());
            return null;
        }

        using (document)
        {
            var root = document.RootElement;
            if (root.ValueKind == JsonValueKind.Array)
                return await BatchAsync(root, caller, deadline, answer).ConfigureAwait(false);
            return await OneAsync(root, null, caller, deadline, answer).ConfigureAwait(false);
        }
    }

    /// <summary>The answer to a body that is too long to be read.</summary>
    public void TooLarge(Answer answer) => answer.Error(
        default, RpcError.InvalidRequest($"request exceeds {options.MaxBody} bytes"));

    private async ValueTask<JsonDocument> ParseAsync(ReadOnlySequence<byte> request, RpcDeadline deadline)
    {
        if (request.Length < LongRequest)
            return Parse(request);
        using (await turns.TakeAsync(RpcCost.Light, deadline).ConfigureAwait(false))
            return Parse(request);
    }

    // The reader lets strings pass that are not UTF-8; an id would come back so, in an answer that is no JSON.
    private static JsonDocument Parse(ReadOnlySequence<byte> request)
    {
        var document = JsonDocument.Parse(request, Bounded);
        if (Utf8.IsValid(JsonMarshal.GetRawUtf8Value(document.RootElement)))
            return document;
        document.Dispose();
        throw RpcError.NotJson();
    }

    private async ValueTask<TimeSpan?> BatchAsync(
        JsonElement batch, RpcCaller caller, RpcDeadline deadline, Answer answer)
    {
        var count = batch.GetArrayLength();
        if (count == 0 || count > options.MaxBatch)
        {
            answer.Error(default, RpcError.InvalidRequest(
                count == 0 ? "empty batch" : $"batch too large: at most {options.MaxBatch} requests"));
            return null;
        }

        // Who could not pay for all of it gets no work ahead.
        var isPaid = caller.Budget.Has((long)count * (int)RpcCost.Send);
        var prepared = isPaid ? await ReadAheadAsync(batch, deadline).ConfigureAwait(false) : null;
        var (index, retryAfter, refused) = (0, TimeSpan.Zero, 0);
        answer.Append((byte)'[');
        foreach (var item in batch.EnumerateArray())
        {
            var before = answer.Length;
            if (before > 1)
                answer.Append((byte)',');
            var begun = answer.Length;
            if (await OneAsync(item, prepared?[index], caller, deadline, answer).ConfigureAwait(false) is { } wait)
            {
                refused++;
                retryAfter = wait;
            }

            if (answer.Length == begun)
                answer.TakeBack(before);
            index++;
        }

        if (answer.Length == 1)
            answer.TakeBack(0);
        else
            answer.Append((byte)']');
        return refused == count ? retryAfter : null;
    }

    private async ValueTask<Submission?[]?> ReadAheadAsync(JsonElement batch, RpcDeadline deadline)
    {
        if (!SubmissionReader.IsWorthIt(batch))
            return null;
        try
        {
            using (await turns.TakeAsync(RpcCost.Send, deadline).ConfigureAwait(false))
                return submissions.Read(batch);
        }
        catch (RpcError)
        {
            // No turn: each request of the batch asks for its own and is told.
            return null;
        }
    }

    private async ValueTask<TimeSpan?> OneAsync(
        JsonElement element, Submission? prepared, RpcCaller caller, RpcDeadline deadline, Answer answer)
    {
        var begun = answer.Length;
        RpcRequest request;
        try
        {
            request = RpcRequest.Read(element);
        }
        catch (RpcError error)
        {
            answer.Error(RpcRequest.IdOf(element), error);
            return null;
        }

        TimeSpan? retryAfter = null;
        try
        {
            var method = request.Method(table);
            if (!caller.Budget.TryTake((int)method.Cost, out var wait))
            {
                retryAfter = wait;
                throw RpcError.TooOften(wait);
            }

            if (answer.IsFull)
                throw answer.Exceeded();
            var call = new RpcCall(request.Params, caller.Subscriber, deadline, prepared);
            await RunAsync(method, call, answer.BeginResult(request.Id)).ConfigureAwait(false);
            answer.EndResult();
            if (!request.WantsAnswer)
                answer.TakeBack(begun);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            if (e is not RpcError)
                Failed(log, request.Name, e);
            answer.TakeBack(begun);
            if (request.WantsAnswer)
                answer.Error(request.Id, e as RpcError ?? RpcError.Internal());
        }

        return retryAfter;
    }

    private async ValueTask RunAsync(RpcMethod method, RpcCall call, Utf8JsonWriter json)
    {
        if (method.Wait is { } wait)
        {
            await wait(call, json).ConfigureAwait(false);
            return;
        }

        using (await turns.TakeAsync(method.Cost, call.Deadline).ConfigureAwait(false))
            method.Write!(call, json);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed.")]
    private static partial void Failed(ILogger logger, string method, Exception exception);
}

using System.Text.Json;
using Aitbc.Node.Rpc.Protocol;

namespace Aitbc.Node.Rpc.Sending;

/// <summary>
/// Reads the raw transactions of a batch at the same time, since recovering a sender is most of the work of taking a
/// transaction. Helpers are few and shared by all batches: what they do not take, the batch's own thread does.
/// </summary>
internal sealed class SubmissionReader(NodeOptions options) : IDisposable
{
    /// <summary>Fewer are not worth waking a thread.</summary>
    private const int Few = 4;

    private readonly SemaphoreSlim helpers = new(Math.Max(options.MaxRecoveryHelpers, 0));

    /// <summary>True if a batch sends so many that reading them ahead saves time; told from its beginning.</summary>
    public static bool IsWorthIt(JsonElement batch)
    {
        var sending = 0;
        foreach (var request in batch.EnumerateArray().Take(2 * Few))
        {
            if (RawOf(request) is not null && ++sending >= Few)
                return true;
        }

        return false;
    }

    /// <summary>One for each request of the batch that sends a raw transaction, null for the others.</summary>
    public Submission?[] Read(JsonElement batch)
    {
        var read = new Submission?[batch.GetArrayLength()];
        var raw = new List<(int Index, JsonElement Value)>();
        var index = 0;
        foreach (var request in batch.EnumerateArray())
        {
            if (RawOf(request) is { } value)
                raw.Add((index, value));
            index++;
        }

        var next = -1;
        void Work()
        {
            for (var i = Interlocked.Increment(ref next); i < raw.Count; i = Interlocked.Increment(ref next))
                read[raw[i].Index] = ReadOne(raw[i].Value);
        }

        var helping = new List<Task>();
        while (raw.Count / Few > helping.Count && helpers.Wait(0, CancellationToken.None))
            helping.Add(Task.Run(Work));
        try
        {
            Work();
            foreach (var task in helping)
                task.Wait();
        }
        finally
        {
            if (helping.Count > 0)
                helpers.Release(helping.Count);
        }

        return read;
    }

    public void Dispose() => helpers.Dispose();

    // What is no text of hex is left to the method, which says so.
    private static Submission ReadOne(JsonElement value)
    {
        try
        {
            return Submission.Read(RpcValue.Bytes(value));
        }
        catch (RpcError error)
        {
            return new Submission(null, default, error);
        }
    }

    private static JsonElement? RawOf(JsonElement request)
    {
        try
        {
            return request.ValueKind == JsonValueKind.Object
                && RpcRequest.TryMember(request, "method"u8, out var method)
                && RpcValue.Plain(method).SequenceEqual("eth_sendRawTransaction"u8)
                && RpcRequest.TryMember(request, "params"u8, out var list)
                && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0
                && list[0].ValueKind == JsonValueKind.String
                ? list[0]
                : null;
        }
        catch (RpcError)
        {
            // No request: told when its turn comes.
            return null;
        }
    }
}

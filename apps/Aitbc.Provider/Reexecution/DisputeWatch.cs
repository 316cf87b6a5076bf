using Aitbc.Primitives;
using Aitbc.Sdk.Chain;

namespace Aitbc.Provider.Reexecution;

/// <summary>
/// Which disputes name this provider, found on the chain from a place that is kept: nobody has to tell it, and nothing
/// is forgotten by a restart, since the place does not pass a dispute before that has ended.
/// </summary>
internal sealed class DisputeWatch(ChainClient chain, ReexecutionClient hook, DisputeCursor cursor)
{
    private const ulong BlocksAtOnce = 500;

    private readonly Dictionary<ulong, ulong> open = [];
    private ulong? next;
    private ulong? kept;

    /// <summary>The escrow's numbers of the jobs, oldest dispute first. One caller at a time.</summary>
    public async Task<IReadOnlyList<ulong>> LookAsync(Address me, CancellationToken cancel)
    {
        var head = await chain.BlockNumberAsync(cancel);
        // Nobody is named before it has registered, which it does after its first start.
        next ??= kept = cursor.Read();
        next ??= head;
        while (next <= head)
        {
            var last = Math.Min(next.Value + BlocksAtOnce - 1, head);
            foreach (var opened in await hook.OpenedAsync(next.Value, last, cancel))
            {
                if ((await hook.DisputeAsync(opened.JobId, cancel)).Reexecutors.Contains(me))
                    open[opened.JobId] = opened.Block;
            }

            next = last + 1;
        }

        Keep();
        return [.. open.OrderBy(o => o.Value).ThenBy(o => o.Key).Select(o => o.Key)];
    }

    /// <summary>Nothing remains to be done about it.</summary>
    public void Close(ulong jobId)
    {
        open.Remove(jobId);
        Keep();
    }

    private void Keep()
    {
        var place = open.Count > 0 ? open.Values.Min() : next!.Value;
        if (place == kept)
            return;
        cursor.Write(place);
        kept = place;
    }
}

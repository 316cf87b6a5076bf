using System.Threading.Channels;
using Aitbc.Coordinator.Book.Engine;
using Aitbc.Coordinator.Errors;
using Aitbc.Sdk.Errors;

namespace Aitbc.Coordinator.Book;

/// <summary>
/// Hands the facts of one book to its readers, each with a bounded queue of its own: who does not keep up is cut and
/// may go on from the last number it has. The last facts are kept for that.
/// </summary>
internal sealed class BookFeed
{
    /// <summary>Facts that a reader may be behind before it is cut.</summary>
    public const int QueueLength = 256;

    /// <summary>Facts that are kept for readers that come back.</summary>
    public const int Kept = 4096;

    private const int MostReaders = 1000;

    private readonly Lock gate = new();
    private readonly Queue<BookFact> past = new();
    private readonly List<FeedReader> readers = [];
    private long last;

    /// <summary>Gives facts on; those that were given before are passed over.</summary>
    public void Publish(IEnumerable<BookFact> facts)
    {
        lock (gate)
        {
            foreach (var fact in facts.Where(f => f.Sequence > last))
            {
                last = fact.Sequence;
                past.Enqueue(fact);
                if (past.Count > Kept)
                    past.Dequeue();
                readers.RemoveAll(r => !r.TryGive(fact));
            }
        }
    }

    /// <summary>Begins after a fact; null = with the next.</summary>
    public FeedReader Subscribe(long? after)
    {
        lock (gate)
        {
            if (readers.Count >= MostReaders)
                throw Refusal.Of(
                    503, ProblemCodes.Busy, $"The feed has {MostReaders} readers.", "Try again later.", true);
            if (after is { } from && (from < 0 || from > last))
                throw Refusal.Invalid($"after is 0 to {last}, the number of the last change.");
            if (after is { } old && old < last && (past.Count == 0 || old + 1 < past.Peek().Sequence))
                throw Refusal.Of(
                    409,
                    ProblemCodes.Conflict,
                    $"Changes after {old} are no longer kept.",
                    "Take the book anew with GET /v1/market/book and go on from its sequence.");
            var missed = after is { } known ? past.Where(f => f.Sequence > known).ToList() : [];
            var reader = new FeedReader(missed);
            readers.Add(reader);
            return reader;
        }
    }

    public void Leave(FeedReader reader)
    {
        lock (gate)
            readers.Remove(reader);
    }
}

/// <summary>One reader of a feed: what it missed, then what comes.</summary>
internal sealed class FeedReader(IReadOnlyList<BookFact> missed) : IDisposable
{
    private readonly Channel<BookFact> queue = Channel.CreateBounded<BookFact>(
        new BoundedChannelOptions(BookFeed.QueueLength) { SingleReader = true });

    private readonly CancellationTokenSource cut = new();

    public IReadOnlyList<BookFact> Missed => missed;

    public ChannelReader<BookFact> Queue => queue.Reader;

    /// <summary>Ends even a send that hangs.</summary>
    public CancellationToken Cut => cut.Token;

    /// <summary>False if the reader is too slow and is cut.</summary>
    public bool TryGive(BookFact fact)
    {
        if (queue.Writer.TryWrite(fact))
            return true;
        queue.Writer.TryComplete();
        cut.CancelAsync();
        return false;
    }

    public void Dispose() => cut.Dispose();
}

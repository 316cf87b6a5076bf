using System.Buffers;
using System.IO.Pipelines;

namespace Aitbc.Sdk.Link;

/// <summary>
/// One request and its answer over a link. Data goes out as the other side gives credit for it and is taken in within
/// <see cref="LinkLimits.Window"/>, so that a slow reader holds up nobody but itself. For one reader and one writer.
/// </summary>
public sealed class LinkStream : IAsyncDisposable
{
    private readonly LinkConnection link;
    private readonly Lock gate = new();
    private readonly TaskCompletionSource<LinkResponse> response =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    // Bounded by the window: what comes beyond it ends the link.
    private readonly Pipe incoming = new(new PipeOptions(pauseWriterThreshold: 0, useSynchronizationContext: false));
    private readonly CancellationTokenSource over = new();
    private TaskCompletionSource? credited;
    private Exception? end;
    private long received;
    private int credit = LinkLimits.Window;
    private int held;
    private int ungranted;
    private bool isHeard;
    private bool isSaid;

    internal LinkStream(LinkConnection link, uint number, LinkRequest request)
    {
        (this.link, Number, Request) = (link, number, request);
        Incoming = new LinkBody(this, incoming.Reader);
        // There may be nobody who asks how it answered.
        _ = response.Task.ContinueWith(
            t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
    }

    /// <summary>What is asked.</summary>
    public LinkRequest Request { get; }

    /// <summary>The head of the answer. Fails with <see cref="LinkLostException"/> or <see
    /// cref="LinkEndedException"/>.</summary>
    public Task<LinkResponse> Response => response.Task;

    /// <summary>The body that the other side sends; reading it gives credit for more.</summary>
    public Stream Incoming { get; }

    /// <summary>Ends when the other side ended the stream or the link was lost.</summary>
    public CancellationToken Ended => over.Token;

    internal uint Number { get; }

    /// <summary>Sends the head of the answer, once.</summary>
    /// <param name="head">Status and headers; headers that may not cross are left out.</param>
    public ValueTask RespondAsync(LinkResponse head) => link.RespondAsync(this, head);

    /// <summary>Sends data, as fast as the other side takes it.</summary>
    /// <param name="data">Any number of bytes.</param>
    /// <param name="cancel">Stops the wait; what was sent stays sent.</param>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> data, CancellationToken cancel = default)
    {
        while (data.Length > 0)
        {
            var part = await TakeCreditAsync(data.Length, cancel).ConfigureAwait(false);
            await link.SendDataAsync(Number, data[..part], cancel).ConfigureAwait(false);
            data = data[part..];
        }
    }

    /// <summary>Says that no more data follows.</summary>
    public void Complete()
    {
        lock (gate)
        {
            if (isSaid || end is not null)
                return;
            isSaid = true;
        }

        link.Send(LinkFrameKind.End, Number);
        Leave();
    }

    /// <summary>Ends both directions at once; without effect on a stream that is over.</summary>
    /// <param name="code">Why, such as <see cref="LinkEndedException.Cancelled"/>.</param>
    public void End(string code)
    {
        lock (gate)
        {
            if (end is not null || (isSaid && isHeard))
                return;
        }

        link.SendReset(Number, code);
        Fail(new LinkEndedException(code));
    }

    /// <inheritdoc />
    public ValueTask DisposeAsync()
    {
        End(LinkEndedException.Cancelled);
        over.Dispose();
        return ValueTask.CompletedTask;
    }

    internal void Answer(LinkResponse head) => response.TrySetResult(head);

    /// <summary>False if it is more than there was credit for.</summary>
    internal bool Take(ReadOnlySpan<byte> data, long mostInAll)
    {
        lock (gate)
        {
            if (isHeard || end is not null)
                return true;
            if (data.Length > LinkLimits.Window - held)
                return false;
            held += data.Length;
            received += data.Length;
            if (received <= mostInAll)
            {
                incoming.Writer.Write(data);
                _ = incoming.Writer.FlushAsync().AsTask(); // never waits: the pipe has no threshold
                return true;
            }
        }

        End(LinkEndedException.TooLong);
        return true;
    }

    internal void HeardEnd()
    {
        lock (gate)
        {
            if (isHeard || end is not null)
                return;
            isHeard = true;
            incoming.Writer.Complete();
        }

        Leave();
    }

    /// <summary>False if the credit is more than there can be.</summary>
    internal bool AddCredit(int bytes)
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            if (bytes <= 0 || bytes > LinkLimits.Window - credit)
                return false;
            credit += bytes;
            (waiting, credited) = (credited, null);
        }

        waiting?.TrySetResult();
        return true;
    }

    internal void Fail(Exception why)
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            if (end is not null)
                return;
            end = why;
            if (!isHeard)
                incoming.Writer.Complete(why);
            (waiting, credited) = (credited, null);
        }

        link.Forget(Number);
        response.TrySetException(why);
        waiting?.TrySetException(why);
        try
        {
            over.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // Nobody waits for its end any more.
        }
    }

    /// <summary>The reader has done with so many bytes: the other side may send as many again.</summary>
    internal void Consumed(int bytes)
    {
        int grant;
        lock (gate)
        {
            held -= bytes;
            ungranted += bytes;
            if (isHeard || end is not null || ungranted < LinkLimits.Window / 4)
                return;
            (grant, ungranted) = (ungranted, 0);
        }

        link.SendCredit(Number, grant);
    }

    private void Leave()
    {
        lock (gate)
        {
            if (!isSaid || !isHeard || end is not null)
                return;
        }

        link.Forget(Number);
    }

    private async ValueTask<int> TakeCreditAsync(int wanted, CancellationToken cancel)
    {
        while (true)
        {
            Task wait;
            lock (gate)
            {
                if (end is not null)
                    throw end;
                if (credit > 0)
                {
                    var part = Math.Min(Math.Min(wanted, credit), LinkLimits.MostDataBytes);
                    credit -= part;
                    return part;
                }

                credited ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = credited.Task;
            }

            await wait.WaitAsync(cancel).ConfigureAwait(false);
        }
    }
}

namespace Aitbc.Provider.Answers;

/// <summary>
/// One answer as it is made: its head, then numbered events, then its end (specs/provider/streams.md). One writer; any
/// number of readers, each from the event that it wants. Everything stays until the store forgets it.
/// </summary>
internal sealed class LiveAnswer(string id)
{
    /// <summary>Bytes of all events together; beyond it the answer fails.</summary>
    public const long MostBytes = 16 * 1024 * 1024;

    // Fewer than a stream may be ahead of its reader: it never waits for one that sleeps.
    private const int MostHidden = 16;

    private readonly Lock _gate = new();
    private readonly List<ReadOnlyMemory<byte>> _events = [];
    private readonly TaskCompletionSource<AnswerHead> _head = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _whenEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _grown;
    private TaskCompletionSource? _moved;
    private int _foremost;
    private int _readers;
    private int _hidden;
    private bool _ended;

    public string Id { get; } = id;

    /// <summary>
    /// The head, as soon as it is known. Fails with what <see cref="Refuse"/> was given: then nothing was given.
    /// </summary>
    public Task<AnswerHead> Head => _head.Task;

    /// <summary>Events that are there; the number of the next one.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
                return _events.Count;
        }
    }

    public long Bytes { get; private set; }

    public bool IsEnded
    {
        get
        {
            lock (_gate)
                return _ended;
        }
    }

    /// <summary>Ends with the answer, whatever became of it.</summary>
    public Task Ended => _whenEnded.Task;

    public void Open(AnswerHead head) => _head.TrySetResult(head);

    /// <summary>The answer will not be made.</summary>
    public void Refuse(Exception reason)
    {
        if (_head.TrySetException(reason))
            _ = _head.Task.Exception; // There may be no reader: that is no unobserved failure.
        End();
    }

    /// <summary>Adds an event and wakes the readers that wait for it.</summary>
    public void Append(ReadOnlyMemory<byte> data)
    {
        Add(data);
        Show();
    }

    /// <summary>
    /// Adds an event. Readers that sleep are woken by <see cref="Show"/>, or when there are some events for them: what
    /// comes at one time is sent at one time.
    /// </summary>
    public void Add(ReadOnlyMemory<byte> data)
    {
        bool isMuch;
        lock (_gate)
        {
            _events.Add(data);
            Bytes += data.Length;
            isMuch = ++_hidden >= MostHidden;
        }

        if (isMuch)
            Show();
    }

    /// <summary>Wakes the readers that wait. Whoever adds does so before waiting for anything.</summary>
    public void Show()
    {
        TaskCompletionSource? grown;
        lock (_gate)
        {
            _hidden = 0;
            (grown, _grown) = (_grown, null);
        }

        grown?.TrySetResult();
    }

    /// <summary>The events that are there.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> All()
    {
        lock (_gate)
            return [.. _events];
    }

    public void End()
    {
        TaskCompletionSource? grown;
        lock (_gate)
        {
            _ended = true;
            (grown, _grown) = (_grown, null);
        }

        grown?.TrySetResult();
        _whenEnded.TrySetResult();
    }

    /// <summary>Someone reads from now on, until it is disposed.</summary>
    public Reading Read()
    {
        lock (_gate)
            _readers++;
        Move();
        return new Reading(this);
    }

    /// <summary>
    /// Waits until the foremost reader is at most so many events behind. False if there was no reader for so long.
    /// </summary>
    public async ValueTask<bool> RoomAsync(int window, TimeSpan grace, TimeProvider time, CancellationToken cancel)
    {
        while (true)
        {
            Task moved;
            bool isRead;
            lock (_gate)
            {
                if (_events.Count - _foremost <= window)
                    return true;
                isRead = _readers > 0;
                _moved ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                moved = _moved.Task;
            }

            Show();
            try
            {
                await (isRead ? moved.WaitAsync(cancel) : moved.WaitAsync(grace, time, cancel));
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    private void Move()
    {
        TaskCompletionSource? moved;
        lock (_gate)
            (moved, _moved) = (_moved, null);
        moved?.TrySetResult();
    }

    /// <summary>One reader.</summary>
    internal sealed class Reading(LiveAnswer answer) : IDisposable
    {
        private bool _left;

        /// <summary>All events from a number on, at least one; null after the last.</summary>
        public async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>?> NextAsync(int from, CancellationToken cancel)
        {
            while (true)
            {
                Task grown;
                lock (answer._gate)
                {
                    if (answer._events.Count > from)
                        return answer._events.GetRange(from, answer._events.Count - from);
                    if (answer._ended)
                        return null;
                    answer._grown ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                    grown = answer._grown.Task;
                }

                await grown.WaitAsync(cancel);
            }
        }

        /// <summary>Everything before this number is with the client.</summary>
        public void Given(int upTo)
        {
            lock (answer._gate)
            {
                if (upTo <= answer._foremost)
                    return;
                answer._foremost = upTo;
            }

            answer.Move();
        }

        public void Dispose()
        {
            if (_left)
                return;
            _left = true;
            lock (answer._gate)
                answer._readers--;
            answer.Move();
        }
    }
}

/// <summary>What comes before the events of an answer.</summary>
/// <param name="MediaType">Content type of all events together.</param>
/// <param name="IsStream">Whether they are sent as they come.</param>
/// <param name="PaymentResponse">The value of PAYMENT-RESPONSE.</param>
internal sealed record AnswerHead(string MediaType, bool IsStream, string PaymentResponse);

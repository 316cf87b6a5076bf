namespace Aitbc.Provider.Engines.Models;

/// <summary>
/// Who may use a model now: so many calls at once and so many that wait, for each model. The queue of the server is not
/// trusted, so no more calls reach it than there are slots; what finds no place is told at once, with a time to come
/// again.
/// </summary>
internal sealed class ModelSlots(int slots, int queue, TimeProvider time)
{
    /// <summary>Models that are remembered; those at rest leave first.</summary>
    public const int MostModels = 256;

    private static readonly TimeSpan FirstGuess = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Shortest = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Model> _models = new(StringComparer.Ordinal);

    /// <summary>Calls of all models that have a place and no slot yet.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
                return _models.Values.Sum(m => m.Reserved - m.Running);
        }
    }

    /// <summary>A place, or null at once when there is none.</summary>
    public Place? TryReserve(string model)
    {
        lock (_gate)
        {
            var found = Find(model);
            if (found is null || found.Reserved >= slots + queue)
                return null;
            found.Reserved++;
            return new Place(this, found);
        }
    }

    /// <summary>A place for a call that was taken before: it is owed, whatever the bound says.</summary>
    public Place ReserveForOwed(string model)
    {
        lock (_gate)
        {
            var found = Find(model) ?? new Model();
            found.Reserved++;
            return new Place(this, found);
        }
    }

    /// <summary>Null while a call of the model would find a place, else when to come again.</summary>
    public TimeSpan? Busy(string model)
    {
        using var place = TryReserve(model);
        return place is null ? RetryAfter(model) : null;
    }

    /// <summary>How long, by the length of recent calls, until a place is free: 1 to 60 seconds.</summary>
    public TimeSpan RetryAfter(string model)
    {
        lock (_gate)
        {
            var found = _models.GetValueOrDefault(model);
            var before = Math.Max(1, (found?.Reserved ?? 0) - slots + 1);
            var wait = (found?.Usual ?? FirstGuess) * before / slots;
            return wait < Shortest ? Shortest : wait > Longest ? Longest : wait;
        }
    }

    private Model? Find(string name)
    {
        if (_models.TryGetValue(name, out var model))
            return model;
        if (_models.Count >= MostModels)
        {
            foreach (var idle in _models.Where(m => m.Value.Reserved == 0).Select(m => m.Key).ToList())
                _models.Remove(idle);
        }

        return _models.Count < MostModels ? _models[name] = new Model() : null;
    }

    private void Leave(Model model, bool ran, TimeSpan took)
    {
        Waiter? next = null;
        lock (_gate)
        {
            model.Reserved--;
            if (ran)
            {
                model.Running--;
                model.Usual = ((model.Usual * 7) + took) / 8;
                next = model.NextToRun();
            }
        }

        next?.Go();
    }

    /// <summary>A reserved place; it gives its slot back when it is disposed.</summary>
    internal sealed class Place(ModelSlots owner, Model model) : IDisposable
    {
        private long _startedAt;
        private bool _runs;
        private bool _left;

        /// <summary>Waits for a slot, first come first served.</summary>
        public async Task EnterAsync(CancellationToken cancellation)
        {
            Waiter? waiter = null;
            lock (owner._gate)
            {
                if (model.Running < owner.Slots)
                    model.Running++;
                else
                    model.Waiting.AddLast(waiter = new Waiter());
            }

            if (waiter is not null)
                await WaitAsync(waiter, cancellation);
            _runs = true;
            _startedAt = owner.Time.GetTimestamp();
        }

        public void Dispose()
        {
            if (_left)
                return;
            _left = true;
            owner.Leave(model, _runs, _runs ? owner.Time.GetElapsedTime(_startedAt) : default);
        }

        private async Task WaitAsync(Waiter waiter, CancellationToken cancellation)
        {
            try
            {
                await waiter.Turn.WaitAsync(cancellation);
            }
            catch (OperationCanceledException)
            {
                lock (owner._gate)
                {
                    // The slot may have been given at this very moment: then it is taken, and given back as it must.
                    if (!model.Waiting.Remove(waiter))
                        _runs = true;
                }

                _startedAt = owner.Time.GetTimestamp();
                throw;
            }
        }
    }

    /// <summary>Calls of one model. Touched under the lock only.</summary>
    internal sealed class Model
    {
        public int Reserved { get; set; }

        public int Running { get; set; }

        public TimeSpan Usual { get; set; } = FirstGuess;

        public LinkedList<Waiter> Waiting { get; } = new();

        /// <summary>The slot that became free goes to who waits longest.</summary>
        public Waiter? NextToRun()
        {
            if (Waiting.First is not { } first)
                return null;
            Waiting.RemoveFirst();
            Running++;
            return first.Value;
        }
    }

    internal sealed class Waiter
    {
        private readonly TaskCompletionSource _turn = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Turn => _turn.Task;

        public void Go() => _turn.TrySetResult();
    }

    private int Slots => slots;

    private TimeProvider Time => time;
}

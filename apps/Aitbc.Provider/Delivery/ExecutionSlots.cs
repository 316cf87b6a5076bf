namespace Aitbc.Provider.Delivery;

/// <summary>
/// How many jobs run at once and how many may wait. Room is reserved before anything else is done for a request, so
/// that a provider under load refuses at once and by name instead of letting requests pile up.
/// </summary>
internal sealed class ExecutionSlots(int slots, int queue) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(slots, slots);
    private int _reserved;
    private int _running;

    public int Capacity { get; } = slots + queue;

    public int Reserved => Volatile.Read(ref _reserved);

    public int Running => Volatile.Read(ref _running);

    /// <summary>Room for one job, or null at once when there is none.</summary>
    public Place? TryReserve()
    {
        if (Interlocked.Increment(ref _reserved) <= Capacity)
            return new Place(this);
        Interlocked.Decrement(ref _reserved);
        return null;
    }

    /// <summary>Room for a job that was taken before a restart: it is owed, whatever the bound says.</summary>
    public Place ReserveForOwed()
    {
        Interlocked.Increment(ref _reserved);
        return new Place(this);
    }

    public void Dispose() => _slots.Dispose();

    /// <summary>A reserved place in the queue; running it takes a slot.</summary>
    internal sealed class Place(ExecutionSlots owner) : IDisposable
    {
        private int _given;

        public async Task<T> RunAsync<T>(Func<Task<T>> work, CancellationToken cancellation)
        {
            await owner._slots.WaitAsync(cancellation);
            Interlocked.Increment(ref owner._running);
            try
            {
                return await work();
            }
            finally
            {
                Interlocked.Decrement(ref owner._running);
                owner._slots.Release();
            }
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _given, 1) == 0)
                Interlocked.Decrement(ref owner._reserved);
        }
    }
}

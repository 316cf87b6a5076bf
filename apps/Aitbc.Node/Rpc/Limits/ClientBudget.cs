namespace Aitbc.Node.Rpc.Limits;

/// <summary>A token bucket: fills at a rate up to a burst, and every call takes its cost.</summary>
internal sealed class ClientBudget(TimeProvider time, long rate, long burst)
{
    private readonly Lock gate = new();
    private double level = burst;
    private long filled = time.GetTimestamp();

    /// <summary>True if it has filled up again, so that forgetting it changes nothing.</summary>
    public bool IsFull
    {
        get
        {
            lock (gate)
            {
                Fill();
                return level >= burst;
            }
        }
    }

    /// <summary>True if a cost could be taken now.</summary>
    public bool Has(long cost)
    {
        lock (gate)
        {
            Fill();
            return level >= cost;
        }
    }

    /// <summary>Takes a cost; false and when to come back if there is not enough.</summary>
    public bool TryTake(int cost, out TimeSpan retryAfter)
    {
        lock (gate)
        {
            Fill();
            if (level >= cost)
            {
                level -= cost;
                retryAfter = TimeSpan.Zero;
                return true;
            }

            retryAfter = TimeSpan.FromSeconds((cost - level) / rate);
            return false;
        }
    }

    private void Fill()
    {
        var now = time.GetTimestamp();
        level = Math.Min(burst, level + (time.GetElapsedTime(filled, now).TotalSeconds * rate));
        filled = now;
    }
}

namespace Aitbc.Node.Network.Links.Dialling;

/// <summary>Waits that double up to a cap, each a quarter more or less at random (L3).</summary>
internal sealed class Backoff(TimeSpan first, TimeSpan last, Random random)
{
    private const double Spread = 0.25;
    private TimeSpan next;

    public void Reset() => next = default;

    public TimeSpan Next()
    {
        double part;
        if (next < first)
            next = first;
        lock (random)
            part = random.NextDouble();
        var wait = next * (1 - Spread + (2 * Spread * part));
        next = next * 2 < last ? next * 2 : last;
        return wait;
    }
}

namespace Services.Tests.Wallet.Payments;

/// <summary>The system's clock, put forward: a chain and a wallet that share it see days pass at once.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private long shiftTicks;

    public override DateTimeOffset GetUtcNow() =>
        System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref shiftTicks));

    public void Advance(TimeSpan by) => Interlocked.Add(ref shiftTicks, by.Ticks);
}

using Aitbc.Simulator.Model;

namespace Aitbc.Simulator.Parts;

/// <summary>A node's clock: it runs wrong and jumps. Waits are measured with it too.</summary>
internal sealed class SimClock
{
    private long baseMicros;
    private long baseLocal;

    public long DriftPpm { get; private set; }

    public long NowMs(long virtualMicros) => SimLedger.GenesisTimeMs + (Local(virtualMicros) / 1_000);

    public void Drift(long virtualMicros, long ppm)
    {
        (baseLocal, baseMicros) = (Local(virtualMicros), virtualMicros);
        DriftPpm = ppm;
    }

    public void Jump(long virtualMicros, long deltaMs)
    {
        (baseLocal, baseMicros) = (Local(virtualMicros) + (deltaMs * 1_000), virtualMicros);
    }

    /// <summary>Right again, as after an answer of a time server.</summary>
    public void Correct(long virtualMicros) =>
        (baseLocal, baseMicros, DriftPpm) = (virtualMicros, virtualMicros, 0);

    /// <summary>Virtual microseconds until so many local milliseconds have passed.</summary>
    public long Wait(int milliseconds) => milliseconds * 1_000L * 1_000_000 / (1_000_000 + DriftPpm);

    private long Local(long virtualMicros) =>
        baseLocal + ((virtualMicros - baseMicros) * (1_000_000 + DriftPpm) / 1_000_000);
}

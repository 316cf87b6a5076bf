namespace Aitbc.Provider.Gpu;

/// <summary>
/// What a challenge may take from this machine. Anybody may ask for one, so it is little unless the owner says.
/// </summary>
public sealed class GpuLimits
{
    /// <summary>Whether challenges are answered.</summary>
    public bool ChallengeEnabled { get; set; } = true;

    /// <summary>MiB that a challenge may fill on a graphics processor.</summary>
    public int MaxChallengeMib { get; set; } = 1024;

    /// <summary>MiB that a challenge may fill where there is none and the processor does the work.</summary>
    public int MaxCpuChallengeMib { get; set; } = 4;

    /// <summary>Time from the start of one challenge to that of the next, in milliseconds.</summary>
    public int ChallengeIntervalMs { get; set; } = 60_000;

    /// <summary>Whether the coordinator is asked to attest the device, by a challenge of its own.</summary>
    public bool AttestEnabled { get; set; } = true;

    /// <summary>For tests without a device: the processor does the work of an attestation.</summary>
    internal bool AttestProcessor { get; set; }

    internal string? Problem() => this switch
    {
        { MaxChallengeMib: < 1 or > 1 << 20 } => "MaxChallengeMib must be 1 to 2^20.",
        { MaxCpuChallengeMib: < 1 or > 1024 } => "MaxCpuChallengeMib must be 1 to 1024.",
        { ChallengeIntervalMs: < 0 } => "ChallengeIntervalMs must not be negative.",
        _ => null,
    };
}

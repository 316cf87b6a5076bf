namespace Aitbc.Cli.Shell;

/// <summary>What the process answers to whoever started it. A code never changes its meaning.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>It was tried and did not succeed.</summary>
    public const int Failure = 1;

    /// <summary>The command line is wrong; nothing was tried.</summary>
    public const int Usage = 2;

    /// <summary>A daemon does not answer; trying again later may help.</summary>
    public const int Unreachable = 3;

    /// <summary>A daemon or the chain answered, and refused.</summary>
    public const int Refused = 4;
}

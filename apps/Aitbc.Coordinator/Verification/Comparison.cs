namespace Aitbc.Coordinator.Verification;

/// <summary>What other runs of the same work say of an output.</summary>
internal abstract record Comparison
{
    /// <summary>Nothing speaks against it, or nothing more will.</summary>
    public sealed record Stands : Comparison;

    /// <summary>Runs that may decide it are under way.</summary>
    public sealed record Waits : Comparison;

    /// <summary>Enough others gave another output.</summary>
    public sealed record Refuted(string Detail) : Comparison;
}

namespace Aitbc.Coordinator.Verification;

/// <summary>What other runs of the same work say of an output.</summary>
internal abstract record Comparison
{
    /// <summary>Nothing speaks against it, or nothing more will.</summary>
    public sealed record Stands : Comparison;

    /// <summary>Runs that may decide it are under way.</summary>
    public sealed record Waits : Comparison;

    /// <summary>Enough others gave another output, as the terms say: it is not paid.</summary>
    public sealed record Refuted(string Detail) : Comparison;

    /// <summary>Another output is known, of which the terms say nothing: it is paid, and told.</summary>
    public sealed record Contradicted(string Detail) : Comparison;
}

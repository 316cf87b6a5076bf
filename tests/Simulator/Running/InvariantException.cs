namespace Aitbc.Simulator.Running;

/// <summary>Something that must always hold did not.</summary>
internal sealed class InvariantException(string invariant, string what) : Exception($"{invariant}: {what}")
{
    public string Invariant { get; } = invariant;
}

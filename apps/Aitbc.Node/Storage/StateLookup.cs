namespace Aitbc.Node.Storage;

/// <summary>What there is of the state at a height.</summary>
internal abstract record StateLookup
{
    private StateLookup()
    {
    }

    /// <summary>The state; whoever asked disposes of it.</summary>
    public sealed record Found(StateView View) : StateLookup;

    /// <summary>This node does not keep it: the earliest it has is named.</summary>
    public sealed record Pruned(ulong Oldest) : StateLookup;

    /// <summary>There is no such block yet.</summary>
    public sealed record Beyond(ulong Head) : StateLookup;
}

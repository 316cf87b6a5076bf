using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;

namespace Aitbc.Consensus.Bft.Engine;

internal enum Verdict
{
    Unknown,
    Valid,
    Invalid,
}

/// <summary>
/// What is known of the blocks of a height. Verdicts are looked up by hash and never change; the questions that are
/// open are a list, in the order they were asked.
/// </summary>
internal sealed class BlockBook
{
    private readonly Dictionary<Hash256, (Verdict Verdict, BlockInfo Info)> known;
    private readonly List<(int Round, Hash256 Block)> open;

    public BlockBook()
    {
        known = [];
        open = [];
    }

    private BlockBook(BlockBook other)
    {
        known = new Dictionary<Hash256, (Verdict, BlockInfo)>(other.known);
        open = [.. other.open];
    }

    public IReadOnlyList<(int Round, Hash256 Block)> Open => open;

    public int Count => known.Count;

    public Verdict VerdictOf(Hash256 block) =>
        known.TryGetValue(block, out var found) ? found.Verdict : Verdict.Unknown;

    public BlockInfo? InfoOf(Hash256 block) => known.TryGetValue(block, out var found) ? found.Info : null;

    /// <summary>True if this was not asked before.</summary>
    public bool Ask(int round, Hash256 block)
    {
        if (open.Contains((round, block)))
            return false;
        open.Add((round, block));
        return true;
    }

    /// <summary>True if this was asked.</summary>
    public bool Answer(int round, BlockInfo info, bool valid)
    {
        if (!open.Remove((round, info.Hash)))
            return false;
        known.TryAdd(info.Hash, (valid ? Verdict.Valid : Verdict.Invalid, info));
        return true;
    }

    public void BuiltHere(BlockInfo info) => known.TryAdd(info.Hash, (Verdict.Valid, info));

    /// <summary>Questions about rounds that are over need no answer, unless somebody still needs the block.</summary>
    public void CloseBefore(int round, Hash256 needed, Hash256 alsoNeeded) =>
        open.RemoveAll(o => o.Round < round && o.Block != needed && o.Block != alsoNeeded);

    public BlockBook Clone() => new(this);
}

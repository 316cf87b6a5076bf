using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Payments;

namespace Aitbc.Provider.Selling;

/// <summary>
/// Counts what one answer costs. While it is made only the parts that were given are known; the engine's own count,
/// where it comes, decides.
/// </summary>
internal abstract class Meter
{
    /// <summary>What it can cost at most, in atto-AIT.</summary>
    public abstract UInt256 Cap { get; }

    /// <summary>Tokens of the output that were given.</summary>
    public ulong Given { get; private set; }

    /// <summary>What was given costs at most this.</summary>
    public abstract UInt256 Running { get; }

    /// <summary>Tokens as they are billed; none of an answer that is not counted in tokens.</summary>
    public abstract TokenCount Tokens { get; }

    /// <summary>Everything that was counted, as a receipt names it.</summary>
    public abstract ulong Units { get; }

    public void Give() => Given++;

    /// <summary>The engine has counted tokens.</summary>
    public virtual void Count(UsagePiece usage)
    {
    }

    /// <summary>The engine has ended: whether what it gave, or the way in which it ended, is to be paid.</summary>
    public virtual bool IsPaid(EngineOutcome outcome) => outcome.Succeeded;

    /// <summary>What has to be covered before the first of so many tokens.</summary>
    public abstract UInt256 Slice(ulong tokens);

    /// <summary>Whether one token more is covered.</summary>
    public abstract bool Covers(UInt256 covered);

    /// <summary>What is charged of what was counted.</summary>
    /// <param name="covered">By the payment.</param>
    /// <param name="free">Tokens that cost nothing.</param>
    public abstract UInt256 Charge(UInt256 covered, ulong free);
}

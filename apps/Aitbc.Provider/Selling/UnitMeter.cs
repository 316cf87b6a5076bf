using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Offers;
using Aitbc.Provider.Payments;

namespace Aitbc.Provider.Selling;

/// <summary>Counts the units of one run of a program, which are known when it has ended.</summary>
internal sealed class UnitMeter(UnitPrice price, ulong most) : Meter
{
    private ulong _units;

    public override UInt256 Cap { get; } = price.Charge(most);

    public override UInt256 Running => price.Charge(_units);

    public override TokenCount Tokens => default;

    public override ulong Units => _units;

    /// <summary>A program that failed by itself has used what was counted; one that used nothing is not paid.</summary>
    public override bool IsPaid(EngineOutcome outcome)
    {
        _units = outcome.Units;
        return outcome.Succeeded || (EngineEnds.IsOfTheProgram(outcome.End) && _units > 0);
    }

    // Nothing is given before the end, so all of it is covered before the start.
    public override UInt256 Slice(ulong tokens) => Cap;

    public override bool Covers(UInt256 covered) => covered >= Cap;

    public override UInt256 Charge(UInt256 covered, ulong free) => UInt256.Min(UInt256.Min(Running, Cap), covered);
}

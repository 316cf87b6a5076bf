using Aitbc.Provider.Delivery;
using Aitbc.Provider.Engines;

namespace Aitbc.Provider.Selling.Programs;

/// <summary>Runs of programs on one engine. They share places with the jobs of the escrow.</summary>
internal sealed class ProgramWare(IEngine engine, ExecutionSlots slots) : ISaleWare
{
    // Nobody knows how long the programs of others take.
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    public string Name => engine.Name;

    public string Engine => engine.Name;

    public string EngineVersion => engine.Version;

    public string UnitKind => engine.UnitKind;

    public string Description => $"A run of a program, paid by the {engine.UnitKind}";

    public bool CanBeEnded => false;

    public static SaleRefusedException Busy(ExecutionSlots slots) =>
        SaleRefusals.Busy($"All {slots.Capacity} places for programs are taken.", AskAgain);

    public void Admit()
    {
        if (slots.Reserved >= slots.Capacity)
            throw Busy(slots);
    }

    public void Use()
    {
    }

    public IReadOnlyList<(Meter Meter, bool IsFirm)> Past(Meter meter) => [];
}

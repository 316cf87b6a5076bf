using Aitbc.Primitives;

namespace Aitbc.Provider.Selling;

/// <summary>Counts what was sold since the start.</summary>
internal sealed class SaleRecords
{
    private readonly Lock _gate = new();

    public long Answers { get; private set; }

    public ulong PromptTokens { get; private set; }

    public ulong OutputTokens { get; private set; }

    public UInt256 Charged { get; private set; }

    public void Sold(SaleNote note, UInt256 charge)
    {
        lock (_gate)
        {
            Answers++;
            PromptTokens += note.PromptTokens;
            OutputTokens += note.OutputTokens;
            Charged += charge;
        }
    }
}

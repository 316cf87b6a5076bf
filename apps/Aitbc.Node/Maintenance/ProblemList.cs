namespace Aitbc.Node.Maintenance;

/// <summary>Problems found: the first hundred in words, the others counted.</summary>
internal sealed class ProblemList
{
    private const int Most = 100;
    private readonly List<DataProblem> first = [];

    public IReadOnlyList<DataProblem> First => first;

    public long Count { get; private set; }

    public void Add(string kind, string detail)
    {
        Count++;
        if (first.Count < Most)
            first.Add(new DataProblem(kind, detail));
    }
}

using System.Globalization;
using Aitbc.Node.Maintenance;

namespace Aitbc.Host.Maintenance;

/// <summary>The reports of <c>aitbcd db</c> in sentences.</summary>
internal static class DbText
{
    private const string DryRun = "Nothing was changed: add --yes to do it.";

    public static IEnumerable<string> Of(VerifyReport report, string data)
    {
        yield return Say(
            $"Block {report.Height}: {report.Accounts} accounts, {report.Slots} slots, {report.TrieNodes} trie nodes.");
        yield return Say($"Read {report.Blocks} blocks and {report.UndoRecords} undo records.");
        if (report.ProblemCount == 0)
        {
            yield return Say($"Nothing is wrong; the state root is {report.StateRoot}.");
            yield break;
        }

        foreach (var problem in report.Problems)
            yield return $"  {problem.Kind}: {problem.Detail}";
        if (report.ProblemCount > report.Problems.Count)
            yield return Say($"  ... and {report.ProblemCount - report.Problems.Count} more");
        yield return Say($"{report.ProblemCount} problems. {Advice(report.Problems, data)}");
    }

    public static IEnumerable<string> Of(RebuildReport report)
    {
        var verb = report.Done ? "Wrote" : "Would write";
        yield return Say(
            $"{verb} {report.TrieNodes} trie nodes of {report.Accounts} accounts and {report.Slots} slots.");
        if (report.Corrected > 0)
        {
            verb = report.Done ? "Put" : "Would put";
            yield return Say($"{verb} right the storage roots of {report.Corrected} accounts.");
        }

        yield return Say($"The root is {report.StateRoot}, as block {report.Height} says.");
        if (!report.Done)
            yield return DryRun;
    }

    public static IEnumerable<string> Of(RollbackReport report)
    {
        var verb = report.Done ? "Removed" : "Would remove";
        yield return Say(
            $"{verb} {report.Blocks} blocks, {report.From} down to {report.To + 1}.");
        yield return Say($"In them are {report.Transactions} transactions.");
        yield return Say($"{report.UndoRecords} undo records lead back; block {report.To} is then the newest.");
        if (!report.Done)
            yield return "They were final: whoever was paid in them is no longer. " + DryRun;
    }

    public static IEnumerable<string> Made(SnapshotReport report, string file)
    {
        yield return Say(
            $"Wrote the state of block {report.Height} ({report.Nodes} nodes, {report.Bytes} bytes): {file}.");
        yield return Say($"Its block is {report.Height}:{report.BlockHash}.");
    }

    public static IEnumerable<string> Restored(SnapshotReport report)
    {
        yield return Say($"The chain begins with the state of block {report.Height} ({report.Nodes} nodes).");
        yield return Say(
            $"Its block is {report.Height}:{report.BlockHash}. The node takes all later ones from its peers.");
    }

    // The worst kind decides: what is derived is worth nothing while what it is derived from is damaged.
    private static string Advice(IReadOnlyList<DataProblem> problems, string data)
    {
        if (problems.Any(p => p.Kind == ProblemKind.Flat))
        {
            return "Flat state is damaged, and nothing else has it: restore the data from a backup, or go back to "
                + $"before the damage with 'aitbcd db rollback --data {data} --to HEIGHT' and verify again.";
        }

        if (problems.Any(p => p.Kind == ProblemKind.Block))
        {
            return "Restore the data from a backup, or go back to before the damaged block with 'aitbcd db rollback "
                + $"--data {data} --to HEIGHT'.";
        }

        return problems.Any(p => p.Kind == ProblemKind.Trie)
            ? $"'aitbcd db rebuild-trie --data {data} --yes' derives the trie anew."
            : "The newest state is whole, but state of earlier heights and a rollback are not to be trusted.";
    }

    private static string Say(FormattableString sentence) => sentence.ToString(CultureInfo.InvariantCulture);
}

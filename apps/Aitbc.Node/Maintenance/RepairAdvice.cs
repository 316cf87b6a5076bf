namespace Aitbc.Node.Maintenance;

/// <summary>The sentences that tell an operator which command mends what.</summary>
internal static class RepairAdvice
{
    /// <summary>The stored trie is not that of the newest block.</summary>
    public static string Trie(string detail, string data) =>
        $"{detail} 'aitbcd db verify --data {data}' tells what is damaged; if it is the trie alone, "
        + $"'aitbcd db rebuild-trie --data {data} --yes' derives it anew. Nothing was changed.";

    /// <summary>A block or an index is not what was written.</summary>
    public static string Chain(string detail, string data) =>
        $"{detail} 'aitbcd db verify --data {data}' tells what is damaged. Restore the data from a backup, or go back "
        + $"to a block before the damage with 'aitbcd db rollback --data {data} --to HEIGHT'. Nothing was changed.";

    /// <summary>A rollback was cut off.</summary>
    public static string Unfinished(ulong target, string data) =>
        $"A rollback to block {target} was begun and not finished. Finish it with "
        + $"'aitbcd db rollback --data {data} --to {target} --yes'. Nothing was changed.";
}

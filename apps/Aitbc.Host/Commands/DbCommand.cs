using System.CommandLine;
using Aitbc.Host.Maintenance;
using Aitbc.Host.Roles;

namespace Aitbc.Host.Commands;

/// <summary>
/// <c>aitbcd db verify | rebuild-trie | rollback | snapshot | restore</c>: the data of a node that does not run.
/// </summary>
internal static partial class DbCommand
{
    private const ulong UsualBlocks = 1_024;

    public static Command Create() => new(
        "db",
        "Check and mend the chain's data of a node that does not run. Exit codes: 0 done or nothing wrong, 1 refused, "
        + "2 wrong use, 3 something is damaged.")
    {
        Verify(),
        RebuildTrie(),
        Rollback(),
        Snapshot(),
        Restore(),
    };

    private static Command Verify()
    {
        var (data, json) = (DataOption(), JsonOption());
        var blocks = new Option<ulong>("--blocks")
        {
            Description = "How many of the newest blocks are checked with their receipts and indexes.",
            DefaultValueFactory = _ => UsualBlocks,
        };
        var command = new Command(
            "verify",
            "Read all of the state, derive the trie from it, and compare: nodes, roots, newest blocks, undo records. "
            + "Changes nothing.")
        {
            data, blocks, json,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(
            DbRun.Verify(Folder(parsed.GetValue(data)), parsed.GetValue(blocks), parsed.GetValue(json), cancel)));
        return command;
    }

    private static Command RebuildTrie()
    {
        var (data, json, yes) = (DataOption(), JsonOption(), YesOption());
        var command = new Command(
            "rebuild-trie",
            "Write the trie anew out of the flat state, if this gives the root of the newest block. Without --yes it "
            + "only says what it would do.")
        {
            data, yes, json,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(
            DbRun.RebuildTrie(Folder(parsed.GetValue(data)), parsed.GetValue(yes), parsed.GetValue(json), cancel)));
        return command;
    }

    private static Command Rollback()
    {
        var (data, json, yes) = (DataOption(), JsonOption(), YesOption());
        var to = new Option<ulong>("--to") { Description = "The height that becomes the newest.", Required = true };
        var command = new Command(
            "rollback",
            "Go back to an earlier height; the blocks above it are lost, though others may have relied on them. "
            + "Without --yes it only says what it would do.")
        {
            data, to, yes, json,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(DbRun.Rollback(
            Folder(parsed.GetValue(data)), parsed.GetValue(to), parsed.GetValue(yes), parsed.GetValue(json), cancel)));
        return command;
    }

    private static Option<string?> DataOption() => new("--data")
    {
        Description = "The node's data folder, or that of a development network (default: $AITBC_DATA, or "
            + "~/.aitbc/devnet).",
    };

    private static Option<bool> JsonOption() => new("--json") { Description = "Print one line of JSON." };

    private static Option<bool> YesOption() => new("--yes") { Description = "Do it." };

    // A network's folder holds its node's.
    private static string Folder(string? data)
    {
        var folder = data is null ? DevnetCommand.DefaultFolder() : Path.GetFullPath(data);
        var node = Path.Combine(folder, RoleTable.Node);
        return Directory.Exists(Path.Combine(node, "chain")) ? node : folder;
    }
}

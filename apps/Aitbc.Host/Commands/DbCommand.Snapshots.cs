using System.CommandLine;
using Aitbc.Host.Maintenance;
using Aitbc.Node;

namespace Aitbc.Host.Commands;

/// <summary>The two that write and read a snapshot.</summary>
internal static partial class DbCommand
{
    private static Command Snapshot()
    {
        var (data, json) = (DataOption(), JsonOption());
        var to = new Option<string>("--out")
        {
            Description = "The file; one that is there is replaced.",
            Required = true,
        };
        var command = new Command(
            "snapshot",
            "Write the state of the newest block into a file, with what proves it. A node without a chain may begin "
            + "from it, and need not trust who gave it.")
        {
            data, to, json,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(DbRun.Snapshot(
            Folder(parsed.GetValue(data)), Path.GetFullPath(parsed.GetRequiredValue(to)), parsed.GetValue(json),
            cancel)));
        return command;
    }

    private static Command Restore()
    {
        var json = JsonOption();
        var data = new Option<string>("--data") { Description = "The node's data folder.", Required = true };
        var from = new Option<string>("--from") { Description = "The file.", Required = true };
        var genesis = new Option<string>("--genesis") { Description = "The chain's genesis.json.", Required = true };
        var trust = new Option<string?>("--trust")
        {
            Description = "Believe this block, as HEIGHT:HASH, in place of the validators of the genesis.",
        };
        var command = new Command(
            "restore",
            "Make the chain of a node that has none out of a snapshot. It is checked whole before it counts: cut off, "
            + "there is no chain, and the command is run again.")
        {
            data, from, genesis, trust, json,
        };
        command.SetAction((parsed, cancel) => Task.FromResult(DbRun.Restore(
            new NodeOptions
            {
                DataDirectory = Path.GetFullPath(parsed.GetRequiredValue(data)),
                GenesisFile = Path.GetFullPath(parsed.GetRequiredValue(genesis)),
                Miner = "",
                Trust = parsed.GetValue(trust),
            },
            Path.GetFullPath(parsed.GetRequiredValue(from)), parsed.GetValue(json), cancel)));
        return command;
    }
}

using System.CommandLine;
using Aitbc.Cli;
using Aitbc.Cli.Shell;

var root = Commands.Table.Root("aitbc: rent compute and models, pay per job, keep the proof.", args);
if (args.Length == 0)
    return root.Parse(["--help"]).Invoke();
var parsed = root.Parse(args);
return parsed.Errors.Count > 0 && parsed.Action is not ExampleHelp
    ? UsageReport.Write(parsed)
    : await parsed.InvokeAsync(new InvocationConfiguration
    {
        EnableDefaultExceptionHandler = false,
        // A chat has an answer to stop before it stops itself.
        ProcessTerminationTimeout = parsed.CommandResult.Command.Name == Aitbc.Cli.Chat.ChatCommand.Name
            ? null : TimeSpan.FromSeconds(60),
    });

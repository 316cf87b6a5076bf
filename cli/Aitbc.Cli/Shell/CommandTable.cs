using System.CommandLine;

namespace Aitbc.Cli.Shell;

/// <summary>
/// The top commands by name. Only the one that is named is built with all it has, so that a command's start does not
/// grow with the number of commands.
/// </summary>
internal sealed class CommandTable
{
    private readonly List<(string Name, string Description, Func<CliCommand> Build)> entries = [];

    public CommandTable Add(string name, string description, Func<CliCommand> build)
    {
        entries.Add((name, description, build));
        return this;
    }

    public RootCommand Root(string description, IReadOnlyList<string> args)
    {
        var root = new RootCommand(description);
        foreach (var (name, text, build) in entries)
            root.Subcommands.Add(args.Contains(name) ? build() : new Command(name, text));
        foreach (var option in GlobalOptions.All)
            root.Options.Add(option);
        ExampleHelp.Install(root);
        return root;
    }
}

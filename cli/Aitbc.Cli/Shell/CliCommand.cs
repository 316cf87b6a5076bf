using System.CommandLine;

namespace Aitbc.Cli.Shell;

/// <summary>A command whose help ends with an example.</summary>
internal sealed class CliCommand(string name, string description, string example) : Command(name, description)
{
    /// <summary>A line that can be typed as it is.</summary>
    public string Example { get; } = example;

    /// <summary>Sets what the command does; what it throws is told by <see cref="Runner"/>.</summary>
    public CliCommand Does(Func<CommandContext, Task> action)
    {
        SetAction((parsed, cancel) => Runner.RunAsync(parsed, action, cancel));
        return this;
    }

    /// <summary>Adds arguments, options and commands.</summary>
    public CliCommand With(params Symbol[] symbols)
    {
        foreach (var symbol in symbols)
        {
            switch (symbol)
            {
                case Argument argument:
                    Arguments.Add(argument);
                    break;
                case Option option:
                    Options.Add(option);
                    break;
                case Command command:
                    Subcommands.Add(command);
                    break;
            }
        }

        return this;
    }
}

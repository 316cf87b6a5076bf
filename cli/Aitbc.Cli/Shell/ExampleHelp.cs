using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Aitbc.Cli.Shell;

/// <summary>The usual help, and after it an example.</summary>
internal sealed class ExampleHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var result = usual.Invoke(parseResult);
        var example = parseResult.CommandResult.Command is CliCommand command
            ? command.Example
            : "./aitbc demo";
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Example:");
        output.WriteLine($"  {example}");
        output.WriteLine();
        return result;
    }

    public static void Install(RootCommand root)
    {
        foreach (var option in root.Options.OfType<HelpOption>())
        {
            if (option.Action is HelpAction usual)
                option.Action = new ExampleHelp(usual);
        }
    }
}

using System.CommandLine;
using System.Text.RegularExpressions;

namespace Aitbc.Cli.Shell;

/// <summary>Tells what is wrong with a command line, and what was probably meant.</summary>
internal static partial class UsageReport
{
    public static int Write(ParseResult parsed)
    {
        var command = parsed.CommandResult.Command;
        var unknown = parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null;
        var detail = unknown switch
        {
            null => string.Join(" ", parsed.Errors.Select(e => Plain(e.Message))),
            _ when unknown.StartsWith('-') => $"'{Path(command)}' has no option '{unknown}'.",
            _ when command.Subcommands.Count > 0 => $"'{Path(command)}' has no command '{unknown}'.",
            _ => $"'{Path(command)}' takes no '{unknown}' here.",
        };
        var near = unknown is null ? null : Suggestion.For(unknown, command);
        var next = near is null
            ? $"'{Path(command)} --help' shows what there is."
            : $"Did you mean '{near}'?";
        var json = parsed.Tokens.Any(t => t.Value == GlobalOptions.Json.Name);
        new Output(json, Console.Out, Console.Error).Failure(CliFailure.Usage(detail, next));
        return ExitCode.Usage;
    }

    // The library names the type that it did not get; who types a number has never heard of it.
    private static string Plain(string message)
    {
        var match = NoSuchType().Match(message);
        if (!match.Success)
            return message;
        var wanted = match.Groups["type"].Value is "System.Boolean" ? "neither true nor false" : "no number that fits";
        return $"'{match.Groups["given"].Value}' for '{match.Groups["where"].Value}' is {wanted}.";
    }

    [GeneratedRegex(
        "^Cannot parse argument '(?<given>.*)' for (command|option) '(?<where>.*)' "
        + "as expected type '(?<type>System.*)'")]
    private static partial Regex NoSuchType();

    private static string Path(Command command)
    {
        var parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "aitbc" : $"{Path(parent)} {command.Name}";
    }
}

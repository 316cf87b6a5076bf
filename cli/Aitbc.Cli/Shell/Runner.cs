using System.CommandLine;

namespace Aitbc.Cli.Shell;

/// <summary>Runs a command and turns whatever it throws into a sentence and an exit code.</summary>
internal static class Runner
{
    public static async Task<int> RunAsync(
        ParseResult parsed, Func<CommandContext, Task> action, CancellationToken cancel)
    {
        using var context = new CommandContext(parsed, cancel);
        try
        {
            await action(context);
            return context.Exit;
        }
        catch (Exception e)
        {
            // The edge of the program: nothing above this line could say it better.
            var failure = Failures.From(e);
            context.Output.Failure(failure);
            if (Environment.GetEnvironmentVariable("AITBC_DEBUG") == "1")
                await Console.Error.WriteLineAsync((failure.InnerException ?? e).ToString());
            return failure.Exit;
        }
    }
}

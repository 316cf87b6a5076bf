using System.CommandLine;
using System.Tests.Processes;
using Aitbc.Cli;
using Xunit;

namespace System.Tests.CommandLine;

/// <summary>What the command line promises about its help.</summary>
public sealed class HelpTests
{
    private static readonly string[] Top = [.. Commands.Table.Root("", []).Subcommands.Select(c => c.Name)];

    [Fact]
    public async Task Every_command_has_help_with_an_example()
    {
        foreach (var path in Paths())
        {
            var run = await ProgramRun.CliAsync([.. path, "--help"]);
            Assert.True(run.Exit == 0, $"{string.Join(' ', path)}: {run.Error}");
            Assert.Contains("Example:", run.Out, StringComparison.Ordinal);
            var example = run.Out[run.Out.IndexOf("Example:", StringComparison.Ordinal)..];
            Assert.Contains("aitbc", example, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_example_is_a_command_line_that_is_understood()
    {
        foreach (var path in Paths())
        {
            var command = Find(path);
            var words = command.Example.Split(' ', 2)[1];
            var parsed = Commands.Table.Root("", [words.Split(' ')[0]]).Parse(words);
            var group = command.Subcommands.Count > 0 && parsed.CommandResult.Command.Subcommands.Count > 0;
            Assert.False(group, $"{command.Example} names no command.");
            Assert.True(parsed.Errors.Count == 0, $"{command.Example}: {string.Join(' ', parsed.Errors)}");
        }
    }

    [Theory]
    [InlineData("--hours", "8-9")]
    [InlineData("--hours", "09:00-09:00")]
    [InlineData("--time-zone", "Mars/Base")]
    [InlineData("--level", "60s")]
    [InlineData("--level", "wasm=60s:101%")]
    public void Hours_zones_and_levels_that_are_none_are_errors_of_the_command_line(string option, string text)
    {
        var parsed = Commands.Table.Root("", ["ai-serve"]).Parse(["ai-serve", option, text]);
        Assert.Contains(parsed.Errors, e => e.Message.Contains($"'{text}'", StringComparison.Ordinal));
        Assert.Empty(Commands.Table.Root("", ["ai-serve"])
            .Parse(["ai-serve", "--hours", "22:00-07:00", "--time-zone", "Europe/Berlin"]).Errors);
        Assert.Empty(Commands.Table.Root("", ["ai-serve"])
            .Parse(["ai-serve", "--level", "60s:25%", "--level", "js=9s:1%"]).Errors);
    }

    [Theory]
    [InlineData("come together", "--free-tokens", "100")]
    [InlineData("come together", "--free-total", "100", "--free-deposit", "1")]
    [InlineData("at least --free-tokens", "--free-tokens", "100", "--free-total", "99", "--free-deposit", "1")]
    [InlineData("more than 0", "--free-tokens", "100", "--free-total", "100", "--free-deposit", "0")]
    public async Task A_free_allowance_without_its_bounds_is_an_error_before_anything_else(
        string says, params string[] given)
    {
        var run = await ProgramRun.CliAsync(["ai-serve", .. given]);
        Assert.Equal(2, run.Exit);
        Assert.Contains(says, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--model", "qwen3:8b")]
    [InlineData("--openai-url", "http://127.0.0.1:8000/v1")]
    [InlineData("--price", "1")]
    public async Task No_models_and_what_models_cost_do_not_go_together(params string[] given)
    {
        var run = await ProgramRun.CliAsync(["ai-serve", "--no-models", .. given]);
        Assert.Equal(2, run.Exit);
        Assert.Contains("--no-models", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_no_option_can_be_is_an_error_of_the_command_line()
    {
        foreach (var path in Paths())
        {
            foreach (var option in Find(path).Options.Where(o => o.ValueType != typeof(string)))
            {
                var type = Nullable.GetUnderlyingType(option.ValueType) ?? option.ValueType;
                // Any text names a file.
                if (type == typeof(bool) || type == typeof(string[]) || type == typeof(FileInfo))
                    continue;
                var parsed = Commands.Table.Root("", [path[0]]).Parse([.. path, option.Name, "no such thing"]);
                Assert.True(
                    parsed.Errors.Any(e => e.Message.Contains("no such thing", StringComparison.Ordinal)),
                    $"{string.Join(' ', path)} {option.Name}: {type.Name}");
            }
        }
    }

    [Fact]
    public async Task Without_a_command_it_shows_what_there_is()
    {
        var run = await ProgramRun.CliAsync();
        Assert.Equal(0, run.Exit);
        foreach (var name in Top)
            Assert.Contains(name, run.Out, StringComparison.Ordinal);
    }

    private static IEnumerable<string[]> Paths() => Top.SelectMany(name => Below([name], Find([name])));

    private static IEnumerable<string[]> Below(string[] path, Command command) =>
        command.Subcommands.SelectMany(c => Below([.. path, c.Name], c)).Prepend(path);

    private static Aitbc.Cli.Shell.CliCommand Find(string[] path)
    {
        Command command = Commands.Table.Root("", [path[0]]);
        foreach (var name in path)
            command = command.Subcommands.Single(c => c.Name == name);
        return (Aitbc.Cli.Shell.CliCommand)command;
    }
}

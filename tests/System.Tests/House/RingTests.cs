using System.Tests.Processes;
using Xunit;

namespace System.Tests.House;

/// <summary>scripts/check/rings, run in a repository of its own.</summary>
public sealed class RingTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-rings-").FullName;

    public RingTests()
    {
        Write("rings.json", File.ReadAllText(Repository.Full("rings.json")));
        Write("core/Aitbc.Ledger/Rule.cs", "1");
        Write("specs/state.md", "1");
        Write("apps/Aitbc.Node/Pool.cs", "1");
        Write("cli/Aitbc.Cli/Say.cs", "1");
        Write("experiments/try.cs", "1");
        Repository.Git(folder, "init", "-q");
        Repository.Git(folder, "add", "-A");
        Repository.Git(folder, "-c", "user.name=t", "-c", "user.email=t@example.org", "commit", "-qm", "base");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData("experiments/try.cs", 3)]
    [InlineData("cli/Aitbc.Cli/Say.cs", 2)]
    [InlineData("apps/Aitbc.Node/Pool.cs", 1)]
    [InlineData("specs/state.md", 0)]
    [InlineData("Directory.Packages.props", 1)]
    [InlineData("rings.json", 0)]
    public void A_file_has_the_ring_of_its_folder(string file, int ring)
    {
        Write(file, File.ReadAllText(Repository.Full("rings.json")) + "\n");
        var (code, output) = Check();
        Assert.Equal(0, code);
        Assert.StartsWith($"ring: {ring} ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void The_most_critical_file_decides_the_ring_of_a_change()
    {
        Write("experiments/try.cs", "2");
        Write("cli/Aitbc.Cli/Say.cs", "2");
        Write("apps/Aitbc.Node/New file.cs", "2");
        var (code, output) = Check();
        Assert.Equal(0, code);
        Assert.StartsWith("ring: 1 (3 files", output, StringComparison.Ordinal);
        Assert.Contains("decided by apps/Aitbc.Node/New file.cs", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_the_core_without_a_change_of_the_specification_fails()
    {
        Write("core/Aitbc.Ledger/Rule.cs", "2");
        var (code, output) = Check();
        Assert.Equal(1, code);
        Assert.Contains("core/Aitbc.Ledger/Rule.cs is of Ring 0", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_change_of_the_core_with_a_change_of_the_specification_passes()
    {
        Write("core/Aitbc.Ledger/Rule.cs", "2");
        Write("specs/state.md", "2");
        var (code, output) = Check();
        Assert.Equal(0, code);
        Assert.StartsWith("ring: 0 ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_removed_or_moved_file_of_the_core_counts_as_a_change_of_it()
    {
        File.Move(Path.Combine(folder, "core/Aitbc.Ledger/Rule.cs"), Path.Combine(folder, "experiments/Rule.cs"));
        var (code, output) = Check();
        Assert.Equal(1, code);
        Assert.StartsWith("ring: 0 ", output, StringComparison.Ordinal);
    }

    [Fact]
    public void No_change_has_no_ring()
    {
        var (code, output) = Check();
        Assert.Equal(0, code);
        Assert.StartsWith("ring: none", output, StringComparison.Ordinal);
    }

    private (int Code, string Output) Check() =>
        Repository.Run(folder, "bash", Path.Combine(Built.Root, "scripts/check/rings"), "HEAD");

    private void Write(string file, string text)
    {
        var path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}

using System.Tests.Processes;
using Xunit;

namespace System.Tests.House;

/// <summary>scripts/check/secrets, run in a repository of its own.</summary>
public sealed class SecretTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-secrets-").FullName;

    public SecretTests()
    {
        Directory.CreateDirectory(Path.Combine(folder, "scripts/check"));
        foreach (var file in new[] { "secrets", "secrets.txt" })
            File.Copy(Repository.Full($"scripts/check/{file}"), Path.Combine(folder, "scripts/check", file));
        File.WriteAllText(Path.Combine(folder, "Program.cs"), "var token = ReadToken();\n");
        Repository.Git(folder, "init", "-q");
        Repository.Git(folder, "add", "-A");
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_tree_without_credentials_passes() => Assert.Equal(0, Check().Code);

    // Put together here, so that this file is none itself.
    [Theory]
    [InlineData("ghp_", "0123456789abcdefghijABCDEFGHIJ012345")]
    [InlineData("api_key = \"", "0123456789abcdefghijABCDEFGHIJ\"")]
    [InlineData("-----BEGIN EC ", "PRIVATE KEY-----")]
    [InlineData("AKIA", "ABCDEFGHIJKLMNOP")]
    public void A_credential_fails_and_is_named_by_its_place_but_not_repeated(string first, string second)
    {
        File.WriteAllText(Path.Combine(folder, "Settings.cs"), $"\n// {first}{second}\n");
        var (code, output) = Check();
        Assert.Equal(1, code);
        Assert.Contains("Settings.cs:2", output, StringComparison.Ordinal);
        Assert.DoesNotContain(second, output, StringComparison.Ordinal);
    }

    private (int Code, string Output) Check() =>
        Repository.Run(folder, "bash", Path.Combine(folder, "scripts/check/secrets"));
}

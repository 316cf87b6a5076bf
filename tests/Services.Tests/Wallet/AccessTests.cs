using System.Runtime.Versioning;
using Aitbc.Wallet;
using Aitbc.Wallet.Access;
using Xunit;

namespace Services.Tests.Wallet;

public sealed class AccessTests
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    [Fact]
    public async Task Every_endpoint_but_health_needs_the_token()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);

        Assert.Equal(200, (await wallet.RawAsync(HttpMethod.Get, "health", token: null)).Status);
        string[] paths =
        [
            "v1/accounts", "v1/accounts/import", "v1/sign/transaction", "v1/sign/message", "v1/sign/typed-data",
            "other",
        ];
        foreach (var path in paths)
        {
            Assert.Equal("unauthorized", await wallet.ProblemCodeAsync(401, HttpMethod.Post, path, "{}", token: null));
            Assert.Equal(
                "unauthorized",
                await wallet.ProblemCodeAsync(401, HttpMethod.Post, path, "{}", token: new string('0', 64)));
        }

        Assert.Empty(await wallet.Client.AccountsAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_token_that_is_shorter_longer_or_of_another_scheme_is_refused()
    {
        using var folder = new TemporaryFolder();
        var token = new AccessToken(WalletDaemon.OptionsIn(folder));
        token.Load();
        var text = await File.ReadAllTextAsync(folder.File("wallet.token"), TestContext.Current.CancellationToken);

        Assert.True(token.Is(BearerToken.HashOf("Bearer " + text)));
        Assert.True(token.Is(BearerToken.HashOf("bearer " + text)));
        string?[] wrong =
        [
            null, "", "Bearer", "Bearer ", text, "Basic " + text, "Bearer " + text[..^1], "Bearer " + text + "0",
        ];
        Assert.All(wrong, header => Assert.False(token.Is(BearerToken.HashOf(header))));
    }

    [Fact]
    public async Task A_host_name_that_is_not_loopback_is_refused_even_with_the_token()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);

        string[] foreign = ["evil.example", "evil.example:8015", "127.0.0.1.evil.example", "localhost.evil.example"];
        foreach (var host in foreign)
        {
            Assert.Equal(
                "forbidden_host", await wallet.ProblemCodeAsync(403, HttpMethod.Get, "v1/accounts", host: host));
            Assert.Equal("forbidden_host", await wallet.ProblemCodeAsync(403, HttpMethod.Get, "health", host: host));
        }

        Assert.Equal(200, (await wallet.RawAsync(HttpMethod.Get, "v1/accounts", host: "localhost")).Status);
        Assert.Equal(200, (await wallet.RawAsync(HttpMethod.Get, "v1/accounts", host: "[::1]:8015")).Status);
    }

    [Fact]
    public async Task Everything_that_is_refused_is_a_typed_problem()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);

        Assert.Equal("not_found", await wallet.ProblemCodeAsync(404, HttpMethod.Get, "v1/keys"));
        Assert.Equal("not_found", await wallet.ProblemCodeAsync(404, HttpMethod.Get, ""));
        Assert.Equal("method_not_allowed", await wallet.ProblemCodeAsync(405, HttpMethod.Delete, "v1/accounts"));
        Assert.Equal("method_not_allowed", await wallet.ProblemCodeAsync(405, HttpMethod.Get, "v1/sign/message"));
        Assert.Equal(
            "unsupported_media_type",
            await wallet.ProblemCodeAsync(
                415, HttpMethod.Post, "v1/accounts", "{\"label\":\"a\"}", mediaType: "text/plain"));
        Assert.Equal("unsupported_media_type", await wallet.ProblemCodeAsync(415, HttpMethod.Post, "v1/accounts"));
        string[] bad =
        [
            "", "{", "null", "[]", "{}", "{\"label\":1}", "{\"label\":null}", "{\"label\":\"a\",\"more\":1}",
            "{\"label\":\"a\",\"label\":\"b\"}", "{\"label\":\"\"}", "{\"label\":\"a b\"}",
            "{\"label\":\"" + new string('a', 65) + "\"}",
        ];
        foreach (var body in bad)
        {
            Assert.Equal(
                "invalid_request", await wallet.ProblemCodeAsync(400, HttpMethod.Post, "v1/accounts", body));
        }
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_refused_with_and_without_a_length()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(
            WalletDaemon.OptionsIn(folder) with { MaxBodyBytes = 1000 });
        var big = "{\"label\":\"" + new string('a', 2000) + "\"}";

        Assert.Equal("body_too_large", await wallet.ProblemCodeAsync(413, HttpMethod.Post, "v1/accounts", big));

        using var chunked = new HttpRequestMessage(HttpMethod.Post, "v1/accounts");
        chunked.Headers.TransferEncodingChunked = true;
        chunked.Headers.Authorization = new("Bearer", wallet.Token);
        chunked.Content = new StringContent(big, System.Text.Encoding.UTF8, "application/json");
        using var answer = await wallet.Http.SendAsync(chunked, TestContext.Current.CancellationToken);
        Assert.Equal(413, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType?.MediaType);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public async Task Token_password_and_database_are_for_their_owner_only()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are of Unix");
        using var folder = new TemporaryFolder();
        var inner = WalletDaemon.OptionsIn(folder) with { DataDirectory = folder.File("inner") };
        await using var wallet = await WalletDaemon.StartAsync(inner);
        await wallet.Client.CreateAsync("a", TestContext.Current.CancellationToken);

        Assert.Equal(OwnerOnly | UnixFileMode.UserExecute, File.GetUnixFileMode(inner.DataDirectory));
        var files = Directory.GetFiles(inner.DataDirectory);
        Assert.Contains(files, f => f.EndsWith("wallet.token", StringComparison.Ordinal));
        Assert.All(files, f => Assert.Equal(OwnerOnly, File.GetUnixFileMode(f)));
    }

    [Theory]
    [InlineData("wallet.token")]
    [InlineData("wallet.password")]
    [UnsupportedOSPlatform("windows")]
    public async Task A_secret_file_that_others_can_read_stops_the_start(string name)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "file modes are of Unix");
        using var folder = new TemporaryFolder();
        await (await WalletDaemon.StartAsync(folder)).DisposeAsync();
        File.SetUnixFileMode(folder.File(name), OwnerOnly | UnixFileMode.GroupRead);

        var refusal = await Assert.ThrowsAsync<WalletStartException>(() => WalletDaemon.StartAsync(folder));

        Assert.Equal(WalletStartException.ExposedFile, refusal.Code);
    }

    [Fact]
    public void Racing_processes_agree_on_one_token_file()
    {
        for (var round = 0; round < 20; round++)
        {
            using var folder = new TemporaryFolder();
            var path = folder.File("wallet.token");
            var seen = new System.Collections.Concurrent.ConcurrentBag<string>();

            Parallel.For(0, 32, _ =>
            {
                SecretFile.CreateRandomIfMissing(path);
                seen.Add(Convert.ToHexString(SecretFile.Read(path)));
            });

            Assert.Single(seen.Distinct());
            Assert.Equal([path], Directory.GetFiles(folder.Path));
        }
    }
}

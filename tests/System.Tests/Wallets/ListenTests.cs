using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Tests.Processes;
using Xunit;

namespace System.Tests.Wallets;

/// <summary>Where a daemon listens: a Unix socket, TLS, and never in the clear beyond this machine.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ListenTests : IDisposable
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task A_socket_is_for_its_owner_serves_the_command_line_and_outlives_a_kill()
    {
        var config = RunningWallet.Configure(folder);
        var socket = folder["wallet.sock"];
        await using (var wallet = await RunningWallet.StartAsync(folder, config, "--socket", socket))
        {
            Assert.Equal("unix:" + socket, wallet.Url);
            Assert.Equal(OwnerOnly, File.GetUnixFileMode(socket));
            var made = await wallet.CliAsync(["wallet", "create", "savings", "--json"]);
            Assert.True(made.Exit == 0, made.Error);
            Assert.Equal("savings", made.Json.GetProperty("label").GetString());
            var second = await ProgramRun.HostAsync("run", "wallet", "--config", config, "--socket", socket);
            Assert.Equal(1, second.Exit);
            Assert.Contains("Another process answers", second.Error, StringComparison.Ordinal);
            await wallet.KillAsync();
        }

        Assert.True(File.Exists(socket));
        await using (var again = await RunningWallet.StartAsync(folder, config, "--socket", socket))
            Assert.Equal(0, (await again.CliAsync(["wallet", "address", "savings", "--qr"])).Exit);
        Assert.False(File.Exists(socket));
        var gone = await ProgramRun.CliAsync(
            "wallet", "address", "--wallet-url", "unix:" + socket, "--wallet-token-file", folder["data/wallet.token"]);
        Assert.Equal(3, gone.Exit);
    }

    [Fact]
    public async Task With_a_certificate_it_listens_beyond_this_machine_and_without_one_it_refuses()
    {
        var port = RunningWallet.FreePort();
        var config = RunningWallet.Configure(folder);
        var (certificate, key) = Certificate();
        await RefusedAsync("https with a certificate", config, "--listen", $"http://0.0.0.0:{port}");
        await RefusedAsync("needs a certificate", config, "--listen", $"https://0.0.0.0:{port}");
        await RefusedAsync(
            "https", config, "--listen", $"http://127.0.0.1:{port}", "--tls-cert", certificate, "--tls-key", key);
        string[] secure = ["--listen", $"https://0.0.0.0:{port}", "--tls-cert", certificate, "--tls-key", key];
        File.SetUnixFileMode(key, OwnerOnly | UnixFileMode.OtherRead);
        await RefusedAsync("chmod 600", config, secure);
        File.SetUnixFileMode(key, OwnerOnly);

        await using var wallet = await RunningWallet.StartAsync(folder, config, secure);

        string[] list =
        [
            Built.Cli, "wallet", "create", "far", "--wallet-url", $"https://127.0.0.1:{port}", "--wallet-token-file",
            wallet.TokenFile,
        ];
        var trusted = await ProgramRun.RunAsync(Built.Dotnet, list, null, ("SSL_CERT_FILE", certificate));
        Assert.True(trusted.Exit == 0, trusted.Error);
        Assert.Equal(3, (await ProgramRun.RunAsync(Built.Dotnet, list)).Exit);
        using var plain = new HttpClient();
        await Assert.ThrowsAnyAsync<HttpRequestException>(
            () => plain.GetAsync(new Uri($"http://127.0.0.1:{port}/health"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("--socket", "a", "--listen", "http://127.0.0.1:1")]
    [InlineData("--tls-cert", "a")]
    [InlineData("--tls-key", "a")]
    public async Task Options_that_do_not_go_together_are_wrong_use(params string[] options)
    {
        var run = await ProgramRun.HostAsync(
            ["run", "wallet", "--config", RunningWallet.Configure(folder), .. options]);
        Assert.Equal(2, run.Exit);
    }

    [Theory]
    [InlineData("http://192.0.2.1:8015", "https with a certificate")]
    [InlineData("http://0.0.0.0:8015", "https with a certificate")]
    [InlineData("https://wallet.example.org:8015", "needs a certificate")]
    [InlineData("unix:relative", "absolute path")]
    [InlineData("ftp://127.0.0.1", "http, https or unix")]
    public async Task A_place_that_is_not_safe_is_no_configuration(string listen, string why)
    {
        var run = await ProgramRun.HostAsync(
            "run", "wallet", "--config", RunningWallet.Configure(folder, listen: listen));
        Assert.Equal(1, run.Exit);
        Assert.Contains(why, run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
    }

    private static async Task RefusedAsync(string sentence, string config, params string[] more)
    {
        var run = await ProgramRun.HostAsync(["run", "wallet", "--config", config, .. more]);
        Assert.Equal(1, run.Exit);
        Assert.Contains(sentence, run.Error, StringComparison.Ordinal);
    }

    private (string Certificate, string Key) Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=wallet", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var certificate = request.CreateSelfSigned(
            DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        File.WriteAllText(folder["tls.crt"], certificate.ExportCertificatePem());
        File.WriteAllText(folder["tls.key"], key.ExportPkcs8PrivateKeyPem());
        File.SetUnixFileMode(folder["tls.key"], OwnerOnly);
        return (folder["tls.crt"], folder["tls.key"]);
    }
}

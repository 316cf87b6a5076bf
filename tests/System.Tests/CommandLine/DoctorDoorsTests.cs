using System.Net;
using System.Net.Sockets;
using System.Tests.Processes;
using System.Text;
using Aitbc.Cli.Providers;
using Aitbc.Primitives;
using Xunit;

namespace System.Tests.CommandLine;

/// <summary>What is said of the port of a provider and of the address where buyers look for it.</summary>
public sealed class DoctorDoorsTests : IDisposable
{
    private const string Coordinator = """{"status":"ok"}""";
    private static readonly Address Provider = Address.Parse("0x70997970c51812dc3a010c7d01b50e0d17dc79c8");
    private static readonly Address Other = Address.Parse("0x3c44cdddb6a900fa2b585dd299e03d12fa4293bc");
    private readonly DoctorDoors _doors = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _doors.Dispose();

    [Fact]
    public async Task A_port_that_nobody_has_is_free()
    {
        var finding = await _doors.PortAsync(PlaceOf(Ports.Free()), Cancel);
        Assert.True(finding.IsGood, finding.Said);
        Assert.Contains("free", finding.Said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_on_which_the_provider_answers_is_its_own()
    {
        using var server = Answer(Health(Provider));
        var finding = await _doors.PortAsync(server.Place, Cancel);
        Assert.True(finding.IsGood, finding.Said);
        Assert.Contains("the provider's", finding.Said, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Coordinator)]
    [InlineData("<html>a router</html>")]
    [InlineData("[]")]
    public async Task A_port_that_another_program_has_is_missing_and_the_finding_says_who_names_it(string body)
    {
        using var server = Answer(body);
        var finding = await _doors.PortAsync(server.Place, Cancel);
        Assert.False(finding.IsGood, finding.Said);
        Assert.Contains($"port {server.Place.Port}", finding.Said, StringComparison.Ordinal);
        Assert.Contains($"sport = :{server.Place.Port}", finding.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_shop_is_not_opened_on_a_port_that_another_program_has()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;
        var closed = PlaceOf(Ports.Free()).ToString();
        var run = await ProgramRun.CliAsync(
            "ai-serve", "--check", "--json", "--port", $"{port}", "--node-url", closed, "--wallet-url", closed,
            "--coordinator-url", closed);
        Assert.Equal(1, run.Exit);
        var finding = run.Json.EnumerateArray().Single(f => f.GetProperty("what").GetString() == "port");
        Assert.False(finding.GetProperty("ok").GetBoolean());
        Assert.Contains($"{port}", finding.GetProperty("said").GetString()!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_published_address_is_good_when_this_provider_answers_there()
    {
        using var server = Answer(Health(Provider));
        var finding = await _doors.PublishedAsync(server.Place.ToString(), Provider, Cancel);
        Assert.True(finding.IsGood, finding.Said);
        Assert.True((await _doors.PublishedAsync("", Provider, Cancel)).IsGood);
    }

    [Fact]
    public async Task A_published_address_where_nobody_or_somebody_else_answers_is_missing()
    {
        using var other = Answer(Health(Other));
        using var market = Answer(Coordinator);
        string[] wrong = [PlaceOf(Ports.Free()).ToString(), market.Place.ToString(), "ftp://127.0.0.1/", "nowhere"];
        foreach (var url in wrong)
            Assert.False((await _doors.PublishedAsync(url, Provider, Cancel)).IsGood, url);
        var finding = await _doors.PublishedAsync(other.Place.ToString(), Provider, Cancel);
        Assert.False(finding.IsGood, finding.Said);
        Assert.Contains(Other.ToString(), finding.Said, StringComparison.Ordinal);
        Assert.Contains("publicUrl", finding.Fix, StringComparison.Ordinal);
    }

    private static string Health(Address provider) =>
        $$"""{"status":"ok","address":"{{provider}}","running":0,"paused":false}""";

    private static Uri PlaceOf(int port) => new($"http://127.0.0.1:{port}/");

    private static Answering Answer(string body) => new(body);

    /// <summary>Answers every request with the same body.</summary>
    private sealed class Answering : IDisposable
    {
        private readonly HttpListener _listener = new();
        private readonly Task _loop;

        public Answering(string body)
        {
            Place = PlaceOf(Ports.Free());
            _listener.Prefixes.Add(Place.ToString());
            _listener.Start();
            _loop = LoopAsync(Encoding.UTF8.GetBytes(body));
        }

        public Uri Place { get; }

        public void Dispose()
        {
            _listener.Close();
            _loop.Wait(TimeSpan.FromSeconds(10));
        }

        private async Task LoopAsync(byte[] body)
        {
            try
            {
                while (true)
                {
                    var asked = await _listener.GetContextAsync();
                    await asked.Response.OutputStream.WriteAsync(body);
                    asked.Response.Close();
                }
            }
            catch (Exception closed) when (closed is HttpListenerException or ObjectDisposedException)
            {
                // The test has ended.
            }
        }
    }
}

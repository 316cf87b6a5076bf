using System.Net.Sockets;
using System.Tests.Processes;
using System.Text;
using System.Text.Json;
using Xunit;

namespace System.Tests.Services;

/// <summary>What a daemon tells the service manager that started it, on a real socket of one.</summary>
public sealed class ServiceNoticeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder folder = new();
    private readonly Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    [Fact]
    public async Task A_daemon_says_that_it_is_ready_that_it_lives_and_that_it_stops()
    {
        manager.Bind(new UnixDomainSocketEndPoint(folder["notify"]));
        using var daemon = ProgramRun.Start(
            Built.Dotnet, [Built.Host, "run", "node", "--config", Config()], folder: null,
            ("NOTIFY_SOCKET", folder["notify"]), ("WATCHDOG_USEC", "200000"));
        var error = daemon.StandardError.ReadToEndAsync();
        try
        {
            Assert.Equal("READY=1", await HearAsync());
            Assert.NotNull(await daemon.StandardOutput.ReadLineAsync());
            for (var i = 0; i < 3; i++)
                Assert.Equal("WATCHDOG=1", await HearAsync());
            Signals.Terminate(daemon.Id);
            string said;
            do
                said = await HearAsync();
            while (said == "WATCHDOG=1");
            Assert.Equal("STOPPING=1", said);
            await daemon.WaitForExitAsync().WaitAsync(Patience);
            Assert.True(daemon.ExitCode == 0, await error);
        }
        finally
        {
            daemon.Kill();
        }
    }

    [Fact]
    public async Task A_socket_of_which_nobody_is_there_stops_no_daemon()
    {
        using var daemon = ProgramRun.Start(
            Built.Dotnet, [Built.Host, "run", "node", "--config", Config()], folder: null,
            ("NOTIFY_SOCKET", folder["nobody"]), ("WATCHDOG_USEC", "not a number"));
        var error = daemon.StandardError.ReadToEndAsync();
        Assert.NotNull(await daemon.StandardOutput.ReadLineAsync());
        Signals.Terminate(daemon.Id);
        await daemon.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(daemon.ExitCode == 0, await error);
    }

    public void Dispose()
    {
        manager.Dispose();
        folder.Dispose();
    }

    private async Task<string> HearAsync()
    {
        using var late = new CancellationTokenSource(Patience);
        var said = new byte[256];
        return Encoding.ASCII.GetString(said, 0, await manager.ReceiveAsync(said, late.Token));
    }

    private string Config()
    {
        File.WriteAllText(folder["genesis.json"], JsonSerializer.Serialize(new
        {
            network = "ait-devnet",
            chainId = 7777,
            timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            gasLimit = 300_000_000,
            baseFee = "1",
            alloc = new Dictionary<string, string>(),
        }));
        var options = new
        {
            dataDirectory = folder["node"],
            genesisFile = folder["genesis.json"],
            miner = "0x00000000000000000000000000000000000000ff",
        };
        File.WriteAllText(folder["node.json"], JsonSerializer.Serialize(
            new { listen = $"http://127.0.0.1:{Ports.Free()}", options }));
        return folder["node.json"];
    }
}

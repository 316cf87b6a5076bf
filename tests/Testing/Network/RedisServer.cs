using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Aitbc.Testing.Network;

/// <summary>A real redis-server on a free port of loopback that can be stopped and started again.</summary>
public sealed class RedisServer : IAsyncDisposable
{
    private const string Program = "redis-server";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private readonly int port = FreePorts.Take(1)[0];
    private readonly string folder = Directory.CreateTempSubdirectory("aitbc-redis-").FullName;
    private readonly string? password;
    private Process? process;

    private RedisServer(string? password) => this.password = password;

    /// <summary>How a node is told of it.</summary>
    public string Configuration =>
        $"127.0.0.1:{port}{(password is null ? "" : $",password={password}")},connectTimeout=1000";

    /// <summary>Why there can be none here; null if there can.</summary>
    public static string? Missing =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Any(p => File.Exists(Path.Combine(p, Program)))
            ? null
            : "redis-server is not installed (Debian: apt-get install redis-server).";

    /// <summary>Starts one.</summary>
    public static async Task<RedisServer> StartAsync(string? password = null)
    {
        var server = new RedisServer(password);
        await server.StartAgainAsync();
        return server;
    }

    /// <summary>Starts it on the same port, with nothing in it.</summary>
    public async Task StartAgainAsync()
    {
        var start = new ProcessStartInfo(Program) { RedirectStandardOutput = true };
        string[] arguments =
            ["--port", $"{port}", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder];
        foreach (var argument in arguments.Concat(password is null ? [] : ["--requirepass", password]))
            start.ArgumentList.Add(argument);
        process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var started = Stopwatch.GetTimestamp();
        while (!Answers())
        {
            if (Stopwatch.GetElapsedTime(started) > Patience)
                throw new TimeoutException("redis-server does not answer.");
            await Task.Delay(5);
        }
    }

    /// <summary>As a power cut.</summary>
    public async Task KillAsync()
    {
        process!.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
        process = null;
    }

    /// <summary>Ends it.</summary>
    public async ValueTask DisposeAsync()
    {
        if (process is not null)
            await KillAsync();
        Directory.Delete(folder, recursive: true);
    }

    private bool Answers()
    {
        try
        {
            using var client = new TcpClient();
            client.Connect(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

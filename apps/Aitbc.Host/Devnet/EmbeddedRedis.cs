using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Aitbc.Host.Errors;

namespace Aitbc.Host.Devnet;

/// <summary>
/// A Redis server of the network's own, in a process of its own, behind a password that is made anew each time. Its
/// program is optional (docs/adr/0011-embedded-redis.md).
/// </summary>
internal sealed class EmbeddedRedis : IAsyncDisposable
{
    /// <summary>What is said in place of a server's address.</summary>
    public const string Word = "embedded";

    private const string Name = "Aitbc.Garnet";
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private readonly Process process;

    private EmbeddedRedis(Process process, string connection) => (this.process, Connection) = (process, connection);

    /// <summary>How nodes reach it, with the password.</summary>
    public string Connection { get; }

    /// <exception cref="StartFailure">It is not built, or does not start.</exception>
    public static async Task<EmbeddedRedis> StartAsync(int port, TimeSpan timeout, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(OwnProgram.Runtime)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.ArgumentList.Add(Find());
        start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        var process = Process.Start(start) ?? throw Failed("could not be started");
        var password = RandomNumberGenerator.GetHexString(32);
        try
        {
            await process.StandardInput.WriteLineAsync(password.AsMemory(), cancel);
            await process.StandardInput.FlushAsync(cancel);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(timeout);
            if (await process.StandardOutput.ReadLineAsync(patience.Token) != "ready")
                throw Failed("ended at once");
            return new EmbeddedRedis(process, $"127.0.0.1:{port},password={password}");
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or StartFailure)
        {
            process.Kill();
            process.Dispose();
            cancel.ThrowIfCancellationRequested();
            throw e as StartFailure ?? Failed("did not become ready");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await ChildProcess.StopAsync(process, StopTimeout);
        process.Dispose();
    }

    // Beside this program, or where a build of this repository puts it.
    private static string Find()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        string[] places =
        [
            Path.Combine(own.FullName, Name + ".dll"),
            Path.Combine(own.FullName, "..", "..", Name, own.Name, Name + ".dll"),
            Path.Combine(own.FullName, "..", "..", Name, "release", Name + ".dll"),
        ];
        return places.FirstOrDefault(File.Exists) ?? throw new StartFailure(
            StartCodes.ConfigInvalid,
            "The embedded Redis server is not built: it is optional, and its packages are many.",
            "Build it with 'dotnet build apps/Aitbc.Garnet -c Release', or name a Redis server of your own.");
    }

    private static StartFailure Failed(string what) =>
        new(StartCodes.RoleFailed, $"The embedded Redis server {what}.");
}

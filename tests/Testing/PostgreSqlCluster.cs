using System.Diagnostics;

namespace Testing;

/// <summary>
/// A PostgreSQL server of one's own in a temporary folder, reached over a socket in it. PostgreSQL refuses to run as
/// root, so root lends it another user. A shell watches its input: when the process that started the server ends,
/// however it ends, the server ends too and its folder is removed.
/// </summary>
public sealed class PostgreSqlCluster : IDisposable
{
    private const string Places = "/usr/lib/postgresql";
    private const string Script = """
        "$1/initdb" -D "$2/data" -A trust -U aitbc -E UTF8 --no-locale --no-sync >"$2/log" 2>&1 &&
        "$1/pg_ctl" -D "$2/data" -l "$2/log" -w -o "-k $2 -c listen_addresses= $3" start >>"$2/log" 2>&1 &&
        echo ready
        read -r _
        "$1/pg_ctl" -D "$2/data" -m immediate stop >>"$2/log" 2>&1
        rm -rf "$2"
        """;

    private readonly Process shell;
    private readonly string folder;

    private PostgreSqlCluster(Process shell, string folder) => (this.shell, this.folder) = (shell, folder);

    /// <summary>Null if this machine has no PostgreSQL; the reason says what to install.</summary>
    /// <param name="durable">False: nothing waits for the disk, for tests that are about other things.</param>
    /// <param name="reason">Why there is none; empty if there is one.</param>
    public static PostgreSqlCluster? TryStart(bool durable, out string reason)
    {
        if (Binaries() is not { } binaries)
        {
            reason = $"PostgreSQL is not installed (no {Places}/*/bin/postgres; Debian: postgresql)";
            return null;
        }

        var folder = Directory.CreateTempSubdirectory("aitbc-pg-").FullName;
        var settings = "-c max_connections=400 -c shared_buffers=64MB"
            + (durable ? "" : " -c fsync=off -c full_page_writes=off -c synchronous_commit=off");
        string[] script = ["sh", "-c", Script, "sh", binaries, folder, settings];
        var command = script;
        if (Environment.UserName == "root")
        {
            Run("chown", "postgres", folder);
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups", .. script];
        }

        var shell = Process.Start(new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            WorkingDirectory = "/",
        })!;
        if (shell.StandardOutput.ReadLine() != "ready")
        {
            var log = Path.Combine(folder, "log");
            throw new InvalidOperationException(
                $"PostgreSQL did not start: {(File.Exists(log) ? File.ReadAllText(log) : "no log")}");
        }

        reason = "";
        return new PostgreSqlCluster(shell, folder);
    }

    /// <summary>Connection string of one of its databases; <c>postgres</c> is there from the beginning.</summary>
    public string Connection(string database) =>
        $"Host={folder};Username=aitbc;Database={database};Include Error Detail=true";

    public void Dispose()
    {
        shell.StandardInput.Close();
        shell.WaitForExit();
        shell.Dispose();
    }

    private static string? Binaries() => !Directory.Exists(Places) ? null : Directory.GetDirectories(Places)
        .Select(d => Path.Combine(d, "bin")).Where(b => File.Exists(Path.Combine(b, "postgres")))
        .OrderDescending(StringComparer.Ordinal).FirstOrDefault();

    private static void Run(params string[] command)
    {
        using var process = Process.Start(command[0], command[1..]);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{string.Join(' ', command)} ended with {process.ExitCode}.");
    }
}

using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Network;

/// <summary>Where the daemon's program lies: beside this one, or where the build puts it.</summary>
internal static class DaemonProgram
{
    private const string Assembly = "aitbcd.dll";

    public static string Find()
    {
        var own = AppContext.BaseDirectory;
        // artifacts/bin/Aitbc.Cli/<configuration>/ and artifacts/bin/Aitbc.Host/<configuration>/
        var configuration = Path.GetFileName(own.TrimEnd(Path.DirectorySeparatorChar));
        string[] places =
        [
            Path.Combine(own, Assembly),
            Path.GetFullPath(Path.Combine(own, "..", "..", "Aitbc.Host", configuration, Assembly)),
        ];
        return places.FirstOrDefault(File.Exists)
            ?? throw CliFailure.Failed(
                "daemon_missing", "The daemon's program (aitbcd) is not beside this one.", "Start through './aitbc'.");
    }

    /// <summary>The runtime that runs this program.</summary>
    public static string Runtime()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } own && Path.GetFileName(own) == name)
            return own;
        // <root>/shared/Microsoft.NETCore.App/<version>/
        var muxer = Path.GetFullPath(
            Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", name));
        return File.Exists(muxer) ? muxer : name;
    }
}

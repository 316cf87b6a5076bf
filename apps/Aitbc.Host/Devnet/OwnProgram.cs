namespace Aitbc.Host.Devnet;

/// <summary>How to start this very program again: the runtime that runs it, and its assembly.</summary>
internal static class OwnProgram
{
    public static string Assembly { get; } =
        Path.Combine(AppContext.BaseDirectory, typeof(OwnProgram).Assembly.GetName().Name + ".dll");

    public static string Runtime { get; } = FindRuntime();

    private static string FindRuntime()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        if (Environment.ProcessPath is { } own && Path.GetFileName(own) == name)
            return own;
        // <root>/shared/Microsoft.NETCore.App/<version>/System.Private.CoreLib.dll
        var folder = Path.GetDirectoryName(typeof(object).Assembly.Location)!;
        var muxer = Path.GetFullPath(Path.Combine(folder, "..", "..", "..", name));
        return File.Exists(muxer) ? muxer : name;
    }
}

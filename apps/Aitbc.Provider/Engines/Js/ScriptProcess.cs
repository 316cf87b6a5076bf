using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Aitbc.Script;

namespace Aitbc.Provider.Engines.Js;

/// <summary>
/// A process that runs one script. It has no environment of this one, a bound on its heap that the runtime holds, and
/// it ends when this end of its pipes is closed, however that comes about.
/// </summary>
internal sealed class ScriptProcess : IDisposable
{
    // What the engine itself needs beside the script's own memory.
    private const long HeapOfTheEngine = 96L << 20;
    private readonly Process _process;

    private ScriptProcess(Process process) => _process = process;

    /// <summary>
    /// Starts one; <paramref name="ready"/> = it will wait, and rehearses meanwhile. Throws <see cref="IOException"/>
    /// when it cannot be started.
    /// </summary>
    public static ScriptProcess Start(uint maxMemoryMib, bool ready)
    {
        var start = new ProcessStartInfo(DotnetHost())
        {
            ArgumentList = { "exec", Path.Combine(AppContext.BaseDirectory, "Aitbc.Script.dll") },
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Path.GetTempPath(),
        };
        if (ready)
            start.ArgumentList.Add("ready");
        start.Environment.Clear();
        var heap = (maxMemoryMib * (1L << 20)) + HeapOfTheEngine;
        start.Environment["DOTNET_GCHeapHardLimit"] = heap.ToString("x", CultureInfo.InvariantCulture);
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        try
        {
            var process = Process.Start(start) ?? throw new IOException("No process was started.");
            // What the runtime writes when it dies is taken and forgotten, so that no pipe fills up.
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            return new ScriptProcess(process);
        }
        catch (Win32Exception fault)
        {
            throw new IOException("The process for scripts cannot be started.", fault);
        }
    }

    /// <summary>Runs the script. Throws <see cref="IOException"/> when the process ends without a result.</summary>
    public async Task<ScriptResult> RunAsync(ScriptRequest request, CancellationToken cancellation)
    {
        // The end of the process ends every read and write on its pipes.
        await using var stopping = cancellation.Register(Kill);
        return await Task.Factory.StartNew(
            () =>
            {
                request.WriteTo(_process.StandardInput.BaseStream);
                _process.StandardInput.BaseStream.Flush();
                return ScriptResult.ReadFrom(_process.StandardOutput.BaseStream, request.MaxOutputBytes);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
    }

    private void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
        {
            // It ended by itself.
        }
    }

    /// <summary>The program that runs this process's own runtime, wherever that was installed.</summary>
    private static string DotnetHost()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var besideRuntime = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../..", name));
        return File.Exists(besideRuntime) ? besideRuntime : name;
    }
}

using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Aitbc.Provider.Gpu;

/// <summary>Asks the program nvidia-smi, within bounds of time and output.</summary>
internal sealed class NvidiaSmi(TimeProvider time, string program = "nvidia-smi", int timeoutMs = 5000)
{
    private const int MostOutput = 64 * 1024;
    private const long Mebibyte = 1 << 20;
    private const int Fields = 7;

    /// <summary>Null when there is no such program, or it failed or took too long.</summary>
    public async Task<IReadOnlyList<GpuDevice>?> DevicesAsync(CancellationToken cancellation)
    {
        var devices = await AskAsync(
            "--query-gpu=index,name,driver_version,memory.total,memory.used,utilization.gpu,temperature.gpu",
            cancellation);
        return devices is null ? null : Parse(devices);
    }

    /// <summary>Lines of comma-separated values without units; a field in brackets is not known.</summary>
    public static IReadOnlyList<GpuDevice> Parse(string csv)
    {
        var devices = new List<GpuDevice>();
        foreach (var line in csv.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            var fields = line.Split(',', StringSplitOptions.TrimEntries);
            if (fields.Length != Fields || Number(fields[0]) is not { } index)
                continue;
            devices.Add(new GpuDevice((int)index, Short(fields[1]), Short(fields[2]))
            {
                MemoryBytes = Number(fields[3]) * Mebibyte,
                MemoryUsedBytes = Number(fields[4]) * Mebibyte,
                LoadPercent = (int?)Number(fields[5]),
                TemperatureCelsius = (int?)Number(fields[6]),
            });
        }

        return devices;
    }

    private async Task<string?> AskAsync(string query, CancellationToken cancellation)
    {
        using var timer = new CancellationTokenSource(TimeSpan.FromMilliseconds(timeoutMs), time);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo(program)
            {
                ArgumentList = { query, "--format=csv,noheader,nounits" },
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            });
            if (process is null)
                return null;
            var buffer = new char[MostOutput];
            var read = await process.StandardOutput.ReadBlockAsync(buffer, deadline.Token);
            // A driver that has so much to say is not describing devices.
            if (read == MostOutput)
                return null;
            await process.WaitForExitAsync(deadline.Token);
            return process.ExitCode == 0 ? new string(buffer, 0, read) : null;
        }
        catch (Exception absent) when (absent is Win32Exception or IOException or DecoderFallbackException
            || (absent is OperationCanceledException && !cancellation.IsCancellationRequested))
        {
            return null;
        }
        finally
        {
            End(process);
        }
    }

    private static void End(Process? process)
    {
        if (process is null)
            return;
        using (process)
        {
            try
            {
                process.Kill();
            }
            catch (Exception gone) when (gone is InvalidOperationException or Win32Exception)
            {
                // It ended by itself.
            }
        }
    }

    private static long? Number(string field) =>
        long.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= int.MaxValue
            ? number : null;

    private static string Short(string text) => text.Length <= 96 ? text : text[..96];
}

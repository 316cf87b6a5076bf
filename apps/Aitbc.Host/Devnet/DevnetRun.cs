using System.Runtime.InteropServices;
using System.Text.Json;
using Aitbc.Host.Errors;
using Aitbc.Host.Roles;

namespace Aitbc.Host.Devnet;

/// <summary>Starts a network, says that it is ready, and keeps it until it is told to stop.</summary>
internal static class DevnetRun
{
    private static readonly TimeSpan ParentGrace = TimeSpan.FromSeconds(60);

    public static async Task<int> RunAsync(DevnetOptions options, CancellationToken cancel)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        using var interrupt = On(PosixSignal.SIGINT, stop, act: !options.Supervised);
        using var terminate = On(PosixSignal.SIGTERM, stop, act: true);
        using var hangUp = On(PosixSignal.SIGHUP, stop, act: true);
        if (options.Supervised)
            ParentWatch.WhenGone(() => Cancel(stop), ParentGrace);
        try
        {
            return await KeepAsync(options, stop.Token);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
        catch (StartFailure failure)
        {
            FailureReport.Write(failure, options.Json);
            return 1;
        }
    }

    private static async Task<int> KeepAsync(DevnetOptions options, CancellationToken stop)
    {
        var (network, ready) = await DevnetNetwork.StartAsync(options, Console.Error, TimeProvider.System, stop);
        await using (network)
        {
            Announce(ready, options.Json);
            var ended = await network.RoleEndedAsync(stop);
            throw ended;
        }
    }

    private static void Announce(DevnetReady ready, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(ready, HostJson.Default.DevnetReady));
            return;
        }

        Console.Out.WriteLine($"{DevnetOptions.NetworkName}, chain id {ready.ChainId}, data in {ready.Data}");
        foreach (var process in ready.Processes)
        {
            var peers = process.Peers is { } place ? $", peers on {place}" : "";
            var name = process.Name ?? process.Role;
            Console.Out.WriteLine($"  {name,-12} {process.Url}  (process {process.Pid}{peers})");
        }

        Console.Out.WriteLine("ready; Ctrl-C stops it");
    }

    private static PosixSignalRegistration On(PosixSignal signal, CancellationTokenSource stop, bool act) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            if (act)
                Cancel(stop);
        });

    private static void Cancel(CancellationTokenSource stop)
    {
        try
        {
            stop.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // The network has stopped already.
        }
    }
}

using System.Diagnostics;
using System.Text.Json;
using Aitbc.Cli.Network;

namespace Aitbc.Cli.Faults;

/// <summary>
/// Kills processes of one network, which starts them again on their data: those that its file names and no others.
/// </summary>
internal sealed class DaemonKiller(string data, Random random, FaultLog log)
{
    private const int ShortestPauseMs = 2_500;
    private const int LongestPauseMs = 6_000;
    private static readonly string[] Roles = ["provider", "coordinator", "node", "wallet"];
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>One after the other until the time is over; each has to be back before the next.</summary>
    public async Task RunAsync(TimeSpan until, CancellationToken cancel)
    {
        var order = Roles.ToArray();
        random.Shuffle(order);
        for (var number = 0; ; number++)
        {
            var pause = TimeSpan.FromMilliseconds(random.Next(ShortestPauseMs, LongestPauseMs));
            if (log.Now + pause >= until)
                return;
            await Task.Delay(pause, cancel);
            await KillAsync(order[number % order.Length], cancel);
        }
    }

    private async Task KillAsync(string role, CancellationToken cancel)
    {
        var pid = PidOf(role);
        var at = log.Now;
        using (var process = Process.GetProcessById(pid))
            process.Kill();
        log.Say($"kill -9 of the {role}");
        while (log.Now - at < Patience)
        {
            await Task.Delay(Look, cancel);
            if (PidOf(role) == pid || !await AnswersAsync(role, cancel))
                continue;
            log.Kills.Enqueue(new Killed(role, at, log.Now - at));
            return;
        }

        log.Kills.Enqueue(new Killed(role, at, null));
    }

    private int PidOf(string role)
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, "devnet.json")));
        return file.RootElement.GetProperty("pids").GetProperty(role).GetInt32();
    }

    private async Task<bool> AnswersAsync(string role, CancellationToken cancel)
    {
        var places = Endpoints.OfNetwork(data);
        var url = role switch
        {
            "node" => places.Node,
            "wallet" => places.Wallet,
            "coordinator" => places.Coordinator,
            _ => places.Provider!,
        };
        try
        {
            using var http = Connection.Open(url, TimeSpan.FromSeconds(2));
            using var answer = await http.GetAsync("/health", cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}

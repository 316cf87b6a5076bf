using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Chain;

namespace Aitbc.Cli.Up;

/// <summary>One line that follows the network, rewritten in place; nothing where the output is no terminal.</summary>
internal static class LivingStatus
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    public static async Task RunAsync(Output output, string data, CancellationToken cancel)
    {
        if (output.IsJson || Console.IsOutputRedirected)
        {
            output.Line("ready; Ctrl-C stops it");
            return;
        }

        using var session = new Session(Endpoints.OfNetwork(data));
        using var timer = new PeriodicTimer(Interval);
        var started = TimeProvider.System.GetTimestamp();
        try
        {
            do
            {
                // What ended is in the network's file, which is written anew.
                var text = Validators(data) + await DescribeAsync(session, cancel);
                var up = TimeProvider.System.GetElapsedTime(started);
                Console.Write($"\r{Fit($"{text}   up {up:hh\\:mm\\:ss}   Ctrl-C stops it")}");
            }
            while (await timer.WaitForNextTickAsync(cancel));
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine();
        }
    }

    private static async Task<string> DescribeAsync(Session session, CancellationToken cancel)
    {
        try
        {
            var status = await session.Chain.StatusAsync(cancel);
            var jobs = await new EscrowClient(session.Chain).JobCountAsync(cancel);
            return $"height {status.Height}   waiting {status.Pending}   jobs {jobs}   "
                + await ProvidersAsync(session, cancel);
        }
        catch (Exception e) when (e is ChainUnavailableException or RpcException)
        {
            return "the node does not answer";
        }
    }

    private static string Validators(string data)
    {
        var now = Endpoints.OfNetwork(data);
        var all = now.MoreNodes.Count + 1;
        return all == 1 ? "" : now.Ended.Count == 0
            ? $"validators {all}   "
            : $"validators {all - now.Ended.Count} of {all}, without {string.Join(", ", now.Ended.Keys)}   ";
    }

    private static async Task<string> ProvidersAsync(Session session, CancellationToken cancel)
    {
        try
        {
            var page = await session.Market().ProvidersAsync(cancel: cancel);
            return $"providers {page.Providers.Count(p => p.Online)}";
        }
        catch (HttpRequestException)
        {
            return "no coordinator";
        }
    }

    private static string Fit(string text)
    {
        var width = Math.Max(20, Console.WindowWidth - 1);
        return text.Length > width ? text[..width] : text.PadRight(width);
    }
}

namespace Aitbc.Bench.Loads;

/// <summary>
/// The same transfers to anvil and to a node that verifies and syncs every block, in turn and in one run, the load
/// generator on the same machine. Both run from the first round to the last; who begins changes every round.
/// </summary>
internal static class VersusAnvilLoad
{
    public static async Task<int> RunAsync(Arguments arguments, string? anvilPath, double least)
    {
        if (Anvil.Find(anvilPath, out var advice) is not { } binary)
        {
            Console.Error.WriteLine(advice);
            return 3;
        }

        using var anvil = await Anvil.StartAsync(binary);
        using var network = await Network.StartAsync("node,wallet", arguments.Validators);
        using var anvilHttp = anvil.Client();
        using var nodeHttp = network.Client("node");
        using var transfers = new Transfers();
        var (theirs, ours) = (new Side("anvil", new JsonRpc(anvilHttp)), new Side("node", new JsonRpc(nodeHttp)));
        Side[] sides = [theirs, ours];
        // Not counted: the first load of a program is the one in which it is compiled and fills its caches.
        foreach (var side in sides)
            await transfers.RunAsync(side.Rpc, await transfers.SignAsync(side.Rpc, Math.Min(arguments.Count, 5_000)));
        for (var round = 0; round < arguments.Rounds; round++)
        {
            foreach (var side in round % 2 == 0 ? sides : sides.AsEnumerable().Reverse())
            {
                var load = await transfers.SignAsync(side.Rpc, arguments.Count);
                var (accepted, included) = await transfers.RunAsync(side.Rpc, load);
                side.Accepted.Add(arguments.Count / accepted);
                side.Included.Add(arguments.Count / included);
            }

            Console.WriteLine(
                $"round {round + 1}: anvil {Figures.Text(theirs.Included[^1])}, node {Figures.Text(ours.Included[^1])} "
                + $"transfers/s included; ratio {ours.Included[^1] / theirs.Included[^1]:0.00}");
        }

        foreach (var side in sides)
        {
            Console.WriteLine(
                $"{side.Name}: median {Figures.Text(Figures.Quantile(side.Included, 0.5))} transfers/s included "
                + $"({Figures.Text(side.Included.Min())} to {Figures.Text(side.Included.Max())}), "
                + $"{Figures.Text(Figures.Quantile(side.Accepted, 0.5))} accepted");
        }

        var ratio = Figures.Quantile(ours.Included, 0.5) / Figures.Quantile(theirs.Included, 0.5);
        Console.WriteLine(
            $"versus-anvil: {ratio:0.00} times anvil, medians of {arguments.Rounds} rounds of {arguments.Count} "
            + "transfers");
        return ratio >= least ? 0 : 1;
    }

    private sealed record Side(string Name, JsonRpc Rpc)
    {
        public List<double> Accepted { get; } = [];

        public List<double> Included { get; } = [];
    }
}

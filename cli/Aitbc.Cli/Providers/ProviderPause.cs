using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Cli.Providers;

/// <summary>The owner's say over what is taken: pause, resume, and drain, which waits for what is under way.</summary>
internal static class ProviderPause
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(500);

    private static readonly Option<string?> Notice = new("--notice")
    {
        Description = "One line that is told to who asks meanwhile (200 characters).",
    };

    private static readonly Option<int> Timeout = new("--timeout")
    {
        Description = "Seconds to wait for what is under way.",
        DefaultValueFactory = _ => 600,
    };

    public static CliCommand Pause() => new CliCommand(
        "pause", "Take nothing new; what is under way goes on.", "aitbc provider pause --notice noon")
        .With(ProviderStatus.Url, Notice).Does(context => OrderAsync(context, true));

    public static CliCommand Resume() => new CliCommand(
        "resume", "Take new work again.", "aitbc provider resume")
        .With(ProviderStatus.Url).Does(context => OrderAsync(context, false));

    public static CliCommand Drain() => new CliCommand(
        "drain", "Pause, and wait until nothing is under way.", "aitbc provider drain --timeout 120")
        .With(ProviderStatus.Url, Notice, Timeout).Does(DrainAsync);

    private static async Task OrderAsync(CommandContext context, bool paused)
    {
        var answer = await SendAsync(context, paused);
        context.Output.Line(paused ? "Paused: nothing new is taken." : "Resumed: new work is taken.");
        context.Output.Json(answer);
    }

    private static async Task DrainAsync(CommandContext context)
    {
        await SendAsync(context, paused: true);
        var door = Door(context);
        var ends = DateTimeOffset.UtcNow.AddSeconds(context.Get(Timeout));
        long left;
        while ((left = await UnderWayAsync(door, context.Cancel)) > 0 && DateTimeOffset.UtcNow < ends)
            await Task.Delay(Look, context.Cancel);
        context.Output.Json(new JsonObject { ["paused"] = true, ["drained"] = left == 0, ["underWay"] = left });
        if (left > 0)
        {
            context.Output.Line($"Paused; {left} are still under way.");
            context.Exit = ExitCode.Failure;
            return;
        }

        context.Output.Line("Drained: nothing is under way. 'aitbc provider resume' takes new work again.");
    }

    private static async Task<long> UnderWayAsync(ProviderDoor door, CancellationToken cancel)
    {
        var (sales, stats) = (await door.SalesAsync(cancel), await door.StatsAsync(cancel));
        return sales["running"]!.GetValue<long>() + stats["running"]!.GetValue<long>()
            + stats["queued"]!.GetValue<long>();
    }

    private static async Task<JsonObject> SendAsync(CommandContext context, bool paused)
    {
        var door = Door(context);
        var health = await door.HealthAsync(context.Cancel);
        if (!Address.TryParse(health["address"]?.ToString(), out var provider))
            throw CliFailure.Failed("provider_starting", "The provider has not reached its wallet or node yet.");
        var notice = paused ? context.Get(Notice) : null;
        var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var message = $"AITBC provider {provider}: {(paused ? "pause" : "resume")} at {at}: {notice}";
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var signature = await wallet.SignMessageAsync(provider, Encoding.UTF8.GetBytes(message), context.Cancel);
        var order = new JsonObject
        {
            ["paused"] = paused,
            ["atMs"] = at,
            ["signature"] = Hex.ToHex(signature.ToBytes65()),
        };
        if (notice is not null)
            order["notice"] = notice;
        return await door.OrderAsync(order, context.Cancel);
    }

    private static ProviderDoor Door(CommandContext context) =>
        new(context.Session.Http(ProviderStatus.Place(context)));
}

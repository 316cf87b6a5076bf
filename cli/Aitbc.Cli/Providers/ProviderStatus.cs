using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;

namespace Aitbc.Cli.Providers;

/// <summary>What an owner wants to know of his provider: that it lives, what it sells, and what it earned.</summary>
internal static class ProviderStatus
{
    public static readonly Option<Uri?> Url = Symbols.UrlOption(
        "--url", "Address of the provider (default: that of the running network, or port 8008 here).");

    public static CliCommand Create() => new CliCommand(
        "status", "Show what a provider sells, does and has earned since its start.", "aitbc provider status")
        .With(Url).Does(RunAsync);

    public static Uri Place(CommandContext context) =>
        context.Get(Url) ?? context.Session.Endpoints.Provider ?? new Uri("http://127.0.0.1:8008");

    private static async Task RunAsync(CommandContext context)
    {
        var place = Place(context);
        var door = new ProviderDoor(context.Session.Http(place));
        var health = await door.HealthAsync(context.Cancel);
        var sales = await door.SalesAsync(context.Cancel);
        var stats = await door.StatsAsync(context.Cancel);
        var models = await door.ModelsAsync(context.Cancel);
        var charged = UInt256.Parse(sales["charged"]!.GetValue<string>());
        (string, string)[] free = sales["freeToday"] is { } given
            ? [("free", $"{given} tokens given for nothing today (UTC)")] : [];
        context.Output.Facts(
        [
            ("provider", $"{State(health)} at {place}"),
            ("address", health["address"]?.ToString() ?? "not known yet"),
            ("answers", $"{sales["answers"]} sold, {sales["running"]} under way"),
            ("tokens", $"{sales["promptTokens"]} of prompts, {sales["outputTokens"]} of output"),
            ("speed", Speed(sales)),
            ("queue", $"{sales["waiting"]} calls wait for a slot"),
            ("charged", $"{Say.Ait(charged)} since the start, {Today(sales)} today (UTC)"),
            .. free,
            ("jobs", $"{stats["executed"]} executed, {stats["running"]} under way, {stats["queued"]} waiting"),
        ]);
        context.Output.Table(["model", "atto-AIT a token in", "out", "warm"], Rows(models));
        context.Output.Json(new JsonObject
        {
            ["health"] = health.DeepClone(),
            ["sales"] = sales.DeepClone(),
            ["stats"] = stats.DeepClone(),
            ["models"] = models["data"]?.DeepClone(),
        });
    }

    private static string State(JsonObject health) => health["paused"]?.GetValue<bool>() == true
        ? $"paused ({health["notice"]?.ToString() ?? "no notice"})"
        : health["opensAt"] is { } opens ? $"closed until {opens}" : health["status"]?.ToString() ?? "unknown";

    private static string Speed(JsonObject sales)
    {
        var (tokens, seconds) = (sales["recentTokens"]!.GetValue<ulong>(), sales["recentSeconds"]!.GetValue<ulong>());
        return seconds == 0 ? "not known yet"
            : $"{tokens / seconds}.{tokens % seconds * 10 / seconds} tokens/s in the last {seconds} s";
    }

    private static string Today(JsonObject sales) =>
        Say.Ait(UInt256.Parse(sales["chargedToday"]!.GetValue<string>()));

    private static IEnumerable<string[]> Rows(JsonObject models) =>
        (models["data"] as JsonArray ?? []).Select(m => (string[])
        [
            m!["id"]!.ToString(),
            m["aitbc"]!["prompt_price"]!.ToString(),
            m["aitbc"]!["output_price"]!.ToString(),
            m["aitbc"]!["warm"] is { } warm ? (warm.GetValue<bool>() ? "yes" : "no") : "-",
        ]);
}

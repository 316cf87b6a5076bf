using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Cli.Providers;

/// <summary>What a provider earned, from its own book, by day, model or client; for its owner only.</summary>
internal static class ProviderEarnings
{
    private const int UsualDays = 30;
    private const int MostRows = 100_000;
    private static readonly string[] Columns = ["answers", "promptTokens", "outputTokens", "charged"];

    private static readonly Option<DateOnly?> Since = Day("--since", "First day in UTC (default: 29 days before).");
    private static readonly Option<DateOnly?> Until = Day("--until", "Last day in UTC (default: today).");

    private static readonly Option<string> By = new("--by")
    {
        Description = "What a row stands for: day, model or client.",
        DefaultValueFactory = _ => "day",
    };

    private static readonly Option<bool> Csv = new("--csv")
    {
        Description = "Comma-separated, exact amounts in atto-AIT.",
    };

    public static CliCommand Create() => new CliCommand(
        "earnings", "Show what a provider earned, from its own book.", "aitbc provider earnings --by model --csv")
        .With(ProviderStatus.Url, Since, Until, By, Csv).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var by = context.Get(By)!;
        if (by is not ("day" or "model" or "client"))
            throw CliFailure.Usage($"--by is day, model or client, not '{by}'.");
        var until = context.Get(Until) ?? DateOnly.FromDateTime(DateTime.UtcNow);
        var since = context.Get(Since) ?? until.AddDays(1 - UsualDays);
        var report = await ReadAsync(context, Text(since), Text(until), by);
        context.Output.Json(report);
        var rows = report["rows"]!.AsArray();
        if (context.Get(Csv))
        {
            context.Output.Result(string.Join('\n', Lines(by, rows)));
            return;
        }

        context.Output.Table([by, "answers", "tokens in", "tokens out", "charged"], rows.Append(report["total"]).Select(
            r => (string[])
            [
                r!["key"]!.ToString(), r["answers"]!.ToString(), r["promptTokens"]!.ToString(),
                r["outputTokens"]!.ToString(), Say.Ait(UInt256.Parse(r["charged"]!.ToString())),
            ]));
        if (report["damaged"]!.GetValue<long>() is var damaged and > 0)
            context.Output.Line($"{damaged} lines of the book are damaged and stand in no sum.");
    }

    /// <summary>All pages as one report.</summary>
    private static async Task<JsonObject> ReadAsync(CommandContext context, string since, string until, string by)
    {
        var door = new ProviderDoor(context.Session.Http(ProviderStatus.Place(context)));
        var health = await door.HealthAsync(context.Cancel);
        if (!Address.TryParse(health["address"]?.ToString(), out var provider))
            throw CliFailure.Failed("provider_starting", "The provider has not reached its wallet or node yet.");
        var wallet = await context.Session.WalletAsync(context.Cancel);
        JsonObject? report = null;
        var after = "";
        while (true)
        {
            var at = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
            var message =
                $"AITBC provider {provider}: earnings {since} to {until} by {by} after '{after}' at {at}";
            var signature = await wallet.SignMessageAsync(provider, Encoding.UTF8.GetBytes(message), context.Cancel);
            var page = await door.EarningsAsync(
                new JsonObject
                {
                    ["since"] = since,
                    ["until"] = until,
                    ["by"] = by,
                    ["after"] = after,
                    ["atMs"] = at,
                    ["signature"] = Hex.ToHex(signature.ToBytes65()),
                },
                context.Cancel);
            if (report is null)
                report = page;
            else
                Join(report, page);
            if (page["next"]?.ToString() is not { } next)
                return report;
            if (report["rows"]!.AsArray().Count >= MostRows)
                throw CliFailure.Failed(
                    "too_many_rows", $"There are more than {MostRows} rows.", "Ask for fewer days, or --by day.");
            after = next;
        }
    }

    private static void Join(JsonObject report, JsonObject page)
    {
        foreach (var row in page["rows"]!.AsArray())
            report["rows"]!.AsArray().Add(row!.DeepClone());
        // What was sold between two pages is in the later total.
        report["total"] = page["total"]!.DeepClone();
        report["damaged"] = page["damaged"]!.DeepClone();
        report.Remove("next");
    }

    private static IEnumerable<string> Lines(string by, JsonArray rows)
    {
        yield return $"{by},answers,prompt_tokens,output_tokens,charged_atto";
        foreach (var row in rows)
        {
            var cells = Columns.Select(c => row![c]!.ToString()).Prepend(Quoted(row!["key"]!.ToString()));
            yield return string.Join(',', cells);
        }
    }

    // RFC 4180.
    private static string Quoted(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0
        ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string Text(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static Option<DateOnly?> Day(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (DateOnly.TryParseExact(
                text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day))
                return day;
            result.AddError($"'{text}' is no day such as 2026-01-31.");
            return null;
        },
    };
}

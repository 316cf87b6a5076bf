using System.Globalization;
using Aitbc.Primitives;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Errors;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors;

/// <summary>What was earned, for the owner alone: it names clients (specs/provider/earnings.md).</summary>
internal static class EarningsDoor
{
    /// <summary>Rows of a page at most.</summary>
    public const int MostRows = 1000;

    private const int MostDays = 400;
    private const int LongestKey = 256;
    private const string DayFormat = "yyyy-MM-dd";

    // A report reads files as long as the days are full: one at a time.
    private static readonly SemaphoreSlim Turn = new(1, 1);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/v1/owner/earnings", ReadAsync);

    /// <summary>What is signed (EIP-191).</summary>
    public static string Message(Address provider, string since, string until, string by, string after, long atMs) =>
        $"AITBC provider {provider}: earnings {since} to {until} by {by} after '{after}' at {atMs}";

    private static async Task<IResult> ReadAsync(
        HttpContext http, ProviderSelf self, EarningBook book, TimeProvider time)
    {
        var asked = await OwnerProof.ReadAsync(http, DoorJson.Default.EarningsRequest)
            ?? throw Invalid("The body must be {since, until, by, after?, limit?, atMs, signature}.");
        var me = OwnerProof.Account(self);
        var question = Question(asked);
        OwnerProof.Require(
            me, Message(me, asked.Since, asked.Until, asked.By, asked.After, asked.AtMs), asked.Signature,
            "'aitbc provider earnings' signs with the wallet that holds the account.");
        if (!OwnerProof.IsNow(asked.AtMs, time))
            throw Refusals.Of(
                ProblemCodes.Conflict, 409, "The question is not of this minute.",
                next: "Check the clock and ask again.");
        await Turn.WaitAsync(http.RequestAborted);
        try
        {
            var page = await Task.Run(
                () => EarningReport.Read(book, question, http.RequestAborted), http.RequestAborted);
            return Results.Json(Answer(me, asked, page), DoorJson.Default.EarningsAnswer);
        }
        finally
        {
            Turn.Release();
        }
    }

    private static EarningQuestion Question(EarningsRequest asked)
    {
        EarningGroup? by = asked.By switch
        {
            "day" => EarningGroup.Day,
            "model" => EarningGroup.Model,
            "client" => EarningGroup.Client,
            _ => null,
        };
        if (by is null)
            throw Invalid("by is day, model or client.");
        if (Day(asked.Since) is not { } since || Day(asked.Until) is not { } until)
            throw Invalid("since and until are days in UTC such as 2026-01-31.");
        if (until < since || until.DayNumber - since.DayNumber >= MostDays)
            throw Invalid($"since comes before until, and both are within {MostDays} days.");
        if (asked.Limit is < 1 or > MostRows || asked.After.Length > LongestKey)
            throw Invalid($"limit is 1 to {MostRows}, and after the last key of the page before.");
        return new EarningQuestion(since, until, by.Value, asked.After, asked.Limit);
    }

    private static DateOnly? Day(string text) => DateOnly.TryParseExact(
        text, DayFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;

    private static EarningsAnswer Answer(Address me, EarningsRequest asked, EarningPage page) => new(
        me.ToString(),
        asked.Since,
        asked.Until,
        asked.By,
        [.. page.Rows.Select(r => Row(r.Key, r.Sum))],
        Row("total", page.Total),
        page.Damaged,
        page.HasMore ? page.Rows[^1].Key : null);

    private static EarningsRow Row(string key, EarningSum sum) => new(
        key, sum.Answers, sum.PromptTokens.ToString(), sum.OutputTokens.ToString(), sum.Charged.ToString());

    private static AitbcException Invalid(string sentence) => Refusals.Of(ProblemCodes.InvalidRequest, 400, sentence);
}

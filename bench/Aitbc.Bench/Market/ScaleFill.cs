using System.Globalization;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Bench.Market;

/// <summary>Statements that fill a database with jobs and providers, in the words of either database.</summary>
internal sealed class ScaleFill(bool isPostgreSql, Address buyer, Address seller, Address worker)
{
    private const int OtherBuyers = 1_000;
    private const int FirstBuyer = 5_000_000;
    private const int FirstProvider = 9_000_000;
    private const int Modules = 1_000;

    /// <summary>Providers that were heard of just now.</summary>
    public string Providers(int from, int to) => $"""
        {With(from, to - 1)}
        INSERT INTO providers ("Address", "Url", "Offers", "IssuedAt", "Signature", "ServeRate", "RegisteredAtMs",
            "LastSeenAtMs")
        SELECT {Bytes($"{FirstProvider} + i", 20)}, '', '[]', 0, '', 1000, {NowMs}, {NowMs} FROM n
        """;

    /// <summary>
    /// Settled jobs: a tenth of the buyer, another of the seller, the others of a thousand buyers and of all providers.
    /// </summary>
    public string Settled(long from, long to, int providers) => Jobs(
        from,
        to,
        $"CASE WHEN i % 10 = 0 THEN {Literal(buyer)} ELSE {Bytes($"{FirstBuyer} + i % {OtherBuyers}", 20)} END",
        $"CASE WHEN i % 10 = 5 THEN {Literal(seller)} ELSE {Bytes($"{FirstProvider} + i % {providers}", 20)} END",
        JobState.Settled);

    /// <summary>Jobs that wait for the worker.</summary>
    public string Ready(long from, long to) => Jobs(from, to, Literal(buyer), Literal(worker), JobState.Funded);

    /// <summary>The worker's leases do not end in silence.</summary>
    public string Done() => $"""
        UPDATE jobs SET "State" = {(int)JobState.Settled}, "LeaseId" = NULL, "LeaseEndsAtMs" = NULL, "Watched" = false
        WHERE "Provider" = {Literal(worker)}
        """;

    /// <summary>An event for each job that has none yet.</summary>
    public static string Events(long after) => $"""
        INSERT INTO job_events ("JobId", "AtMs", "Who", "What", "Detail")
        SELECT "Id", 0, 'client', 'funded', 'The escrow holds the budget.' FROM jobs WHERE "Sequence" > {Text(after)}
        """;

    private static string NowMs => Text(DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());

    private string Jobs(long from, long to, string client, string provider, JobState state)
    {
        var sample = DispatchMarket.Sample();
        return $"""
            {With(from, to)}
            INSERT INTO jobs ("Id", "Client", "Provider", "ClientKey", "OrderHash", "SpecJson", "TermsJson",
                "TermsHash", "ModuleHash", "InputHash", "ExpiresAt", "QuotedAtBlock", "State", "Watched", "CreatedAtMs",
                "UpdatedAtMs")
            SELECT {Random(1)}, {client}, {provider}, {Random(2)}, {Random(3)}, '{sample.SpecJson}',
                '{sample.TermsJson}', {Random(4)}, {Bytes($"i % {Modules}", 32)}, {Random(5)}, {uint.MaxValue}, 0,
                {(int)state}, {(state == JobState.Funded ? "true" : "false")}, 0, 0
            FROM n
            """;
    }

    private string With(long from, long to) => isPostgreSql
        ? $"WITH n AS (SELECT generate_series({Text(from)}::bigint, {Text(to)}) AS i)"
        : $"WITH RECURSIVE n(i) AS (SELECT {Text(from)} UNION ALL SELECT i + 1 FROM n WHERE i < {Text(to)})";

    private string Bytes(string number, int length) => isPostgreSql
        ? $"decode(lpad(to_hex({number}), {2 * length}, '0'), 'hex')"
        : $"unhex(printf('%0{2 * length}x', {number}))";

    private string Random(int salt) => isPostgreSql ? $"sha256(int8send(i * 8 + {salt}))" : "randomblob(32)";

    private string Literal(Address address) =>
        isPostgreSql ? $"'\\x{address.ToHex()[2..]}'::bytea" : $"X'{address.ToHex()[2..]}'";

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}

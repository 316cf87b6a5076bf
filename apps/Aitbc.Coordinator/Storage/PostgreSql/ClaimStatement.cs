using Aitbc.Coordinator.Leases;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Npgsql;

namespace Aitbc.Coordinator.Storage.PostgreSql;

/// <summary>
/// One statement, prepared once on a connection that is kept: for each provider as many of its oldest waiting jobs as
/// it has claims, moved, told and returned. Rows that somebody else is taking are passed over, so that nobody waits and
/// nobody gets a job twice.
/// </summary>
internal sealed class ClaimStatement(NpgsqlDataSource source) : IAsyncDisposable
{
    // A plan for few claims in a long table, whatever the statistics say of the moment in which it is made.
    private const string Plan = """
        SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
        SET plan_cache_mode = force_generic_plan
        """;

    // The words of the index of ready jobs, and its order: by equality any index in the order of arrival would do, and
    // one without the provider would be read from the first job that ever came.
    private static readonly string Text = $"""
        WITH picked AS MATERIALIZED (
            SELECT job."Sequence",
                w.first + row_number() OVER (PARTITION BY w.provider ORDER BY job."Sequence")::int AS place
            FROM unnest($1::bytea[], $2::int[], $3::int[]) AS w(provider, first, many)
            CROSS JOIN LATERAL (
                SELECT "Sequence" FROM jobs
                WHERE "Provider" BETWEEN w.provider AND w.provider AND "State" = {(int)JobState.Funded}
                    AND "RejectCode" IS NULL AND "ReceiptJson" IS NULL AND "LeaseId" IS NULL AND "ExpiresAt" > $4
                ORDER BY "Provider", "Sequence" LIMIT w.many FOR UPDATE SKIP LOCKED
            ) AS job
        ), moved AS (
            UPDATE jobs SET "State" = {(int)JobState.Assigned}, "LeaseId" = ($5::text[])[place],
                "LeaseEndsAtMs" = ($6::bigint[])[place], "UpdatedAtMs" = ($7::bigint[])[place]
            FROM picked WHERE jobs."Sequence" = picked."Sequence" RETURNING place, jobs.*
        ), told AS (
            INSERT INTO job_events ("JobId", "AtMs", "Who", "What", "Detail")
            SELECT "Id", "UpdatedAtMs", ($8::text[])[place], ($9::text[])[place], ($10::text[])[place]
            FROM moved ORDER BY place RETURNING "JobId", "Sequence" AS event
        )
        SELECT place, event, "Sequence", "Id", "Client", "Provider", "ClientKey", "OrderHash", "SpecJson", "TermsJson",
            "TermsHash", "ExpiresAt", "QuotedAtBlock", "EscrowJobId", "FundTransaction", "LeaseId", "LeaseEndsAtMs",
            "CreatedAtMs", "UpdatedAtMs"
        FROM moved JOIN told ON told."JobId" = moved."Id"
        """;

    private NpgsqlConnection? connection;
    private NpgsqlCommand? command;

    /// <summary>For each claim, in the order of their providers: its job and the number of its event.</summary>
    public async Task<(JobRow Row, long Event)?[]> TakeAsync(IReadOnlyList<(Address Provider, LeaseClaim Claim)> claims)
    {
        try
        {
            var ready = await ReadyAsync();
            Fill(ready, claims);
            var taken = new (JobRow, long)?[claims.Count];
            await using var answer = await ready.ExecuteReaderAsync();
            while (await answer.ReadAsync())
                taken[answer.GetInt32(0) - 1] = (RowOf(answer), answer.GetInt64(1));
            return taken;
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (command is not null)
            await command.DisposeAsync();
        if (connection is not null)
            await connection.DisposeAsync();
        (command, connection) = (null, null);
    }

    private async Task<NpgsqlCommand> ReadyAsync()
    {
        if (command is not null)
            return command;
        connection = await source.OpenConnectionAsync();
        await using (var plan = new NpgsqlCommand(Plan, connection))
            await plan.ExecuteNonQueryAsync();
        command = new NpgsqlCommand(Text, connection);
        Add<byte[][]>([]);
        Add<int[]>([]);
        Add<int[]>([]);
        Add(0L);
        Add<string[]>([]);
        Add<long[]>([]);
        Add<long[]>([]);
        Add<string[]>([]);
        Add<string[]>([]);
        Add<string[]>([]);
        await command.PrepareAsync();
        return command;
    }

    private void Add<T>(T value) => command!.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    private static void Fill(NpgsqlCommand command, IReadOnlyList<(Address Provider, LeaseClaim Claim)> claims)
    {
        var groups = claims.Select((c, at) => (c.Provider, at)).GroupBy(c => c.Provider)
            .Select(g => (Provider: g.Key.ToArray(), First: g.First().at, Many: g.Count())).ToList();
        var notes = claims.Select(c => LeaseDesk.NoteOf(c.Provider, c.Claim)).ToList();
        Set<byte[][]>(0, [.. groups.Select(g => g.Provider)]);
        Set<int[]>(1, [.. groups.Select(g => g.First)]);
        Set<int[]>(2, [.. groups.Select(g => g.Many)]);
        Set(3, claims.Max(c => c.Claim.Now.ToUnixTimeSeconds()));
        Set<string[]>(4, [.. claims.Select(c => c.Claim.LeaseId)]);
        Set<long[]>(5, [.. claims.Select(c => c.Claim.Ends.ToUnixTimeMilliseconds())]);
        Set<long[]>(6, [.. claims.Select(c => c.Claim.Now.ToUnixTimeMilliseconds())]);
        Set<string[]>(7, [.. notes.Select(n => n.Who)]);
        Set<string[]>(8, [.. notes.Select(n => n.What)]);
        Set<string[]>(9, [.. notes.Select(n => n.Detail)]);

        void Set<T>(int at, T value) => ((NpgsqlParameter<T>)command.Parameters[at]).TypedValue = value;
    }

    private static JobRow RowOf(NpgsqlDataReader answer) => new()
    {
        Sequence = answer.GetInt64(2),
        Id = HashOf(answer, 3),
        Client = Address.FromBytes(answer.GetFieldValue<byte[]>(4)),
        Provider = Address.FromBytes(answer.GetFieldValue<byte[]>(5)),
        ClientKey = HashOf(answer, 6),
        OrderHash = HashOf(answer, 7),
        SpecJson = answer.GetString(8),
        TermsJson = answer.GetString(9),
        TermsHash = HashOf(answer, 10),
        ExpiresAt = answer.GetInt64(11),
        QuotedAtBlock = answer.GetInt64(12),
        State = JobState.Assigned,
        EscrowJobId = answer.IsDBNull(13) ? null : answer.GetInt64(13),
        FundTransaction = answer.IsDBNull(14) ? null : HashOf(answer, 14),
        LeaseId = answer.GetString(15),
        LeaseEndsAtMs = answer.GetInt64(16),
        CreatedAtMs = answer.GetInt64(17),
        UpdatedAtMs = answer.GetInt64(18),
    };

    private static Hash256 HashOf(NpgsqlDataReader answer, int column) =>
        Hash256.FromBytes(answer.GetFieldValue<byte[]>(column));
}

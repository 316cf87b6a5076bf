using Aitbc.Coordinator.Jobs;
using Aitbc.Coordinator.Leases;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Aitbc.Coordinator.Storage.PostgreSql;

/// <summary>
/// One prepared statement: rows that another caller is taking are passed over, so that nobody waits and nobody gets a
/// job twice. The move and its event are one transaction, as every move's.
/// </summary>
internal sealed class SkipLockedDispatch(NpgsqlDataSource source, ILogger<SkipLockedDispatch> log) : IDispatch
{
    private const string Claim = """
        WITH picked AS (
            SELECT "Sequence" FROM jobs
            WHERE "Provider" = $1 AND "State" = $2 AND "RejectCode" IS NULL AND "ReceiptJson" IS NULL
                AND "LeaseId" IS NULL AND "ExpiresAt" > $3
            ORDER BY "Sequence" LIMIT 1 FOR UPDATE SKIP LOCKED
        ), moved AS (
            UPDATE jobs SET "State" = $4, "LeaseId" = $5, "LeaseEndsAtMs" = $6, "UpdatedAtMs" = $7
            FROM picked WHERE jobs."Sequence" = picked."Sequence" RETURNING jobs.*
        ), told AS (
            INSERT INTO job_events ("JobId", "AtMs", "Who", "What", "Detail")
            SELECT "Id", $7, $8, $9, $10 FROM moved RETURNING "Sequence" AS event
        )
        SELECT event, "Sequence", "Id", "Client", "ClientKey", "OrderHash", "SpecJson", "TermsJson", "TermsHash",
            "ExpiresAt", "QuotedAtBlock", "EscrowJobId", "FundTransaction", "CreatedAtMs", "UpdatedAtMs"
        FROM moved, told
        """;

    public async Task<JobRow?> ClaimAsync(Address provider, LeaseClaim claim, CancellationToken cancel)
    {
        var note = LeaseDesk.NoteOf(provider, claim);
        await using var command = source.CreateCommand(Claim);
        Add(command, provider.ToArray());
        Add(command, (int)JobState.Funded);
        Add(command, claim.Now.ToUnixTimeSeconds());
        Add(command, (int)JobState.Assigned);
        Add(command, claim.LeaseId);
        Add(command, claim.Ends.ToUnixTimeMilliseconds());
        Add(command, claim.Now.ToUnixTimeMilliseconds());
        Add(command, note.Who);
        Add(command, note.What);
        Add(command, note.Detail);
        await using var answer = await command.ExecuteReaderAsync(cancel);
        if (!await answer.ReadAsync(cancel))
            return null;
        var row = RowOf(answer, provider, claim);
        JobMoves.Log(log, answer.GetInt64(0), JobMoves.EventOf(row.Id, row.UpdatedAtMs, note));
        return row;
    }

    private static void Add<T>(NpgsqlCommand command, T value) =>
        command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value });

    private static JobRow RowOf(NpgsqlDataReader answer, Address provider, LeaseClaim claim) => new()
    {
        Sequence = answer.GetInt64(1),
        Id = HashOf(answer, 2),
        Client = Address.FromBytes(answer.GetFieldValue<byte[]>(3)),
        Provider = provider,
        ClientKey = HashOf(answer, 4),
        OrderHash = HashOf(answer, 5),
        SpecJson = answer.GetString(6),
        TermsJson = answer.GetString(7),
        TermsHash = HashOf(answer, 8),
        ExpiresAt = answer.GetInt64(9),
        QuotedAtBlock = answer.GetInt64(10),
        State = JobState.Assigned,
        EscrowJobId = answer.IsDBNull(11) ? null : answer.GetInt64(11),
        FundTransaction = answer.IsDBNull(12) ? null : HashOf(answer, 12),
        LeaseId = claim.LeaseId,
        LeaseEndsAtMs = claim.Ends.ToUnixTimeMilliseconds(),
        CreatedAtMs = answer.GetInt64(13),
        UpdatedAtMs = answer.GetInt64(14),
    };

    private static Hash256 HashOf(NpgsqlDataReader answer, int column) =>
        Hash256.FromBytes(answer.GetFieldValue<byte[]>(column));
}

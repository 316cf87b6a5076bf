using System.Text.Json;
using Aitbc.Coordinator.Blobs;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Quotes;
using Aitbc.Coordinator.Storage;
using Aitbc.Coordinator.Verification;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Aitbc.Coordinator.Jobs;

/// <summary>
/// Takes orders. The idempotency key makes the id, and the id is unique: a repeated order finds the first.
/// </summary>
internal sealed class Ordering(
    IDbContextFactory<CoordinatorDbContext> databases,
    IStore store,
    Quoting quoting,
    QuoteAcceptance acceptance,
    BlobStore blobs,
    ChainClient chain,
    TimeProvider time,
    ILogger<Ordering> log)
{
    /// <summary>The job, and whether this order made it.</summary>
    public async Task<(JobRow Job, bool Made)> OrderAsync(
        Address client, OrderRequest order, CancellationToken cancel)
    {
        if (!JobId.IsValidKey(order.IdempotencyKey))
            throw Refusal.Invalid("idempotencyKey is 1 to 64 printable ASCII characters without spaces.");
        if (order.Spec.Problem() is { } problem)
            throw Refusal.Invalid(problem);
        CheckVerification(order);
        Committees.Check(order.Reexecution, order.Spec);
        var orderHash = Keccak256.Hash(JsonSerializer.SerializeToUtf8Bytes(order, MarketJson.Default.OrderRequest));
        var id = JobId.Derive(client, order.IdempotencyKey);
        if (await FindAsync(id, orderHash, cancel) is { } known)
            return (known, false);
        foreach (var hash in order.Spec.Blobs())
        {
            if (!await blobs.OwnsAsync(client, hash, cancel))
                throw Refusal.Of(
                    422, ProblemCodes.BlobMissing, $"You did not put the blob {hash}.", "Put it with PUT /v1/blobs.");
        }

        var quote = order.QuoteId is null ? null : await acceptance.QuoteOfAsync(client, order, cancel);
        var terms = quote is null
            ? await quoting.QuoteAsync(client, order, cancel) : quoting.Accept(order, quote);
        var row = await RowOfAsync(order, terms, orderHash, cancel);
        try
        {
            await InsertAsync(row, quote, cancel);
            return (row, true);
        }
        catch (DbUpdateException e) when (store.IsDuplicate(e))
        {
            // The same order came twice at the same time, and the other was first.
            return (await FindAsync(id, orderHash, cancel) ?? throw RunTaken(order), false);
        }
    }

    private static void CheckVerification(OrderRequest order)
    {
        if (order.Verification is not { } verified)
            return;
        if (order.Reexecution is not null)
            throw Refusal.Invalid("A job has verification or reexecution, not both.");
        if (verified.Problem() is { } problem)
            throw Refusal.Invalid(problem);
        if (!JobVerification.CanCompare(order.Spec.Engine))
            throw Refusal.Of(
                422,
                ProblemCodes.VerificationUnsupported,
                $"Answers of the engine '{order.Spec.Engine}' differ from machine to machine: they cannot be compared.",
                $"Leave verification out; only '{JobSpec.WasmEngine}' and '{JobSpec.JsEngine}' are compared.");
    }

    private static AitbcException RunTaken(OrderRequest order) => Refusal.Of(
        409,
        ProblemCodes.Conflict,
        $"Run {order.Verification?.Run} of the group {order.Verification?.Group} is another order.",
        "Use another group, or repeat that order with its key.");

    private async Task<JobRow?> FindAsync(Hash256 id, Hash256 orderHash, CancellationToken cancel)
    {
        await using var db = await databases.CreateDbContextAsync(cancel);
        var known = await db.Jobs.AsNoTracking().FirstOrDefaultAsync(j => j.Id == id, cancel);
        return known is null || known.OrderHash == orderHash ? known : throw Refusal.Of(
            409,
            ProblemCodes.Conflict,
            $"The idempotency key is used by job {id} with another body.",
            "Use another key, or send the first body again.");
    }

    private async Task<JobRow> RowOfAsync(
        OrderRequest order, JobTerms terms, Hash256 orderHash, CancellationToken cancel)
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        return new JobRow
        {
            Id = terms.JobId,
            Client = terms.Client,
            Provider = terms.Provider,
            ClientKey = JobId.ClientKey(order.IdempotencyKey),
            OrderHash = orderHash,
            SpecJson = JsonSerializer.Serialize(order.Spec, MarketJson.Default.JobSpec),
            TermsJson = JsonSerializer.Serialize(terms, MarketJson.Default.JobTerms),
            TermsHash = terms.Hash(),
            ModuleHash = order.Spec.Program,
            InputHash = order.Spec.InputBlob,
            VerifyGroup = order.Verification?.Group,
            VerifyRun = order.Verification?.Run,
            ExpiresAt = (long)terms.ExpiresAt,
            QuotedAtBlock = (long)await chain.BlockNumberAsync(cancel),
            State = JobState.Quoted,
            CreatedAtMs = nowMs,
            UpdatedAtMs = nowMs,
        };
    }

    private async Task InsertAsync(JobRow row, MarketQuote? quote, CancellationToken cancel)
    {
        var terms = row.Terms();
        await using var db = await databases.CreateDbContextAsync(cancel);
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        db.Jobs.Add(row);
        await db.SaveChangesAsync(cancel);
        var told = JobMoves.EventOf(row.Id, row.CreatedAtMs, new JobNote(
            "client",
            "quoted",
            $"Ordered; provider {terms.Provider} asks at most {Amount.FromAtto(terms.Budget)}.",
            Signed: quote is null
                ? await RegistrationOfAsync(db, terms, cancel) : new Signed(quote.Signature, terms.Evaluator)));
        db.Events.Add(told);
        await db.SaveChangesAsync(cancel);
        if (quote is not null)
            await acceptance.TakeAsync(db, quote.Id, cancel);
        await transaction.CommitAsync(cancel);
        JobMoves.Log(log, told.Sequence, told);
    }

    /// <summary>The provider's signature under the price; null if it has changed the price since.</summary>
    private static async Task<Signed?> RegistrationOfAsync(
        CoordinatorDbContext db, JobTerms terms, CancellationToken cancel)
    {
        var provider = terms.Provider;
        var row = await db.Providers.AsNoTracking().FirstOrDefaultAsync(p => p.Address == provider, cancel);
        var sold = Offer.TryParse(row?.Offers ?? "") ?? [];
        return row is not null && sold.Any(o => o.Engine == terms.Engine && o.UnitKind == terms.UnitKind
            && o.UnitPrice == terms.UnitPrice && o.UnitsPer == terms.UnitsPer)
            ? new Signed(row.Signature, provider) : null;
    }
}

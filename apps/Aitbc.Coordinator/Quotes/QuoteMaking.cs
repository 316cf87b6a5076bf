using System.Text.Json;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Quotes;

/// <summary>What a quote is made of besides the offer.</summary>
internal sealed record QuoteTerms(
    Hash256 JobId,
    Address Client,
    JobSpec Spec,
    UInt256 UnitPrice,
    ulong UnitsPer,
    long NowMs,
    long ExpiresAtMs,
    JobReexecution? Reexecution = null);

internal static class QuoteMaking
{
    /// <summary>The row that holds a slot of the offer; not yet signed.</summary>
    public static async Task<QuoteRow> MakeAsync(CoordinatorDbContext db, OfferRow row, QuoteTerms terms)
    {
        var offer = JsonSerializer.Deserialize(row.OfferJson, MarketJson.Default.MarketOffer)!;
        var units = terms.Spec.WorstCaseUnits();
        var id = Keccak256.Hash(
            [.. terms.JobId.ToArray(), .. row.Id.ToArray(), .. BitConverter.GetBytes(terms.ExpiresAtMs)]);
        var quote = new MarketQuote
        {
            Id = id,
            JobId = terms.JobId,
            Client = terms.Client,
            Provider = row.Provider,
            OfferId = row.Id,
            SpecHash = terms.Spec.Hash(),
            ResourceClass = row.ResourceClass,
            UnitKind = offer.UnitKind,
            UnitPrice = terms.UnitPrice,
            UnitsPer = terms.UnitsPer,
            Units = units,
            Total = Total(units, terms.UnitPrice, terms.UnitsPer),
            QueuePlace = await db.Quotes.CountAsync(q => q.OfferId == row.Id && q.HoldUntilMs > terms.NowMs),
            Warmth = offer.Warmth,
            Privacy = offer.Privacy,
            Region = offer.Region,
            ModelDigest = offer.ModelDigest,
            FirstTokenP95Ms = offer.FirstTokenP95Ms,
            LevelSeconds = terms.Reexecution is null ? offer.LevelSeconds : 0,
            LevelCredit = terms.Reexecution is null ? offer.LevelCredit : 0,
            Gpu = offer.Gpu,
            GpuProof = offer.GpuProof,
            Reexecution = terms.Reexecution,
            ExpiresAtMs = (ulong)terms.ExpiresAtMs,
        };
        return new QuoteRow
        {
            Id = id,
            JobId = terms.JobId,
            Client = terms.Client,
            OfferId = row.Id,
            QuoteJson = JsonSerializer.Serialize(quote, MarketJson.Default.MarketQuote),
            ExpiresAtMs = terms.ExpiresAtMs,
            HoldUntilMs = terms.ExpiresAtMs,
        };
    }

    /// <summary>The escrow takes no budget of zero, so a free offer costs one atto-AIT.</summary>
    public static UInt256 Total(ulong units, UInt256 unitPrice, ulong unitsPer)
    {
        var price = UnitCharge.Of(units, unitPrice, unitsPer);
        return price.IsZero ? UInt256.One : price;
    }

    public static MarketQuote Quote(this QuoteRow row) =>
        JsonSerializer.Deserialize(row.QuoteJson, MarketJson.Default.MarketQuote)!
            with
        { Signature = row.Signature ?? "" };
}

using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Providers;
using Aitbc.Coordinator.Storage;
using Aitbc.Coordinator.Verification;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Jobs;

/// <summary>
/// Makes terms from a provider's signed offer and the limits of the specification: the cheapest worst case wins.
/// </summary>
internal sealed class Quoting(
    IDbContextFactory<CoordinatorDbContext> databases,
    OnlineProviders online,
    Committees committees,
    MarketSelf self,
    CoordinatorOptions options,
    TimeProvider time)
{
    private const ulong ShortestExpiry = 120;
    private const ulong LongestExpiry = 30 * 24 * 3600;

    public async Task<JobTerms> QuoteAsync(Address client, OrderRequest order, CancellationToken cancel)
    {
        CheckExpiry(order);
        var (provider, offer, price) = Cheapest(order, await online.AllAsync(cancel));
        if (order.MaxPrice is { } most && price > most)
            throw Refusal.Of(
                409,
                ProblemCodes.PriceTooHigh,
                $"The limits of this job can cost {Amount.FromAtto(price)} at {provider.Address}; "
                    + $"you pay at most {Amount.FromAtto(most)}.",
                "Lower the limits or raise maxPrice, with a new idempotency key or the same.");
        return TermsOf(client, order, provider.Address, (offer.UnitKind, offer.UnitPrice, offer.UnitsPer), price) with
        {
            Reexecution = await CommitteeAsync(client, order, provider.Address, price, cancel),
        };
    }

    private async Task<JobReexecution?> CommitteeAsync(
        Address client, OrderRequest order, Address provider, UInt256 budget, CancellationToken cancel)
    {
        if (order.Reexecution is not { } asked)
            return null;
        await using var db = await databases.CreateDbContextAsync(cancel);
        return await committees.NameAsync(
            db, new CommitteeNeed(asked.Committee, order.Spec, client, provider, budget), cancel);
    }

    /// <summary>The terms of a firm quote.</summary>
    public JobTerms Accept(OrderRequest order, MarketQuote quote)
    {
        CheckExpiry(order);
        return TermsOf(
            quote.Client, order, quote.Provider, (quote.UnitKind, quote.UnitPrice, quote.UnitsPer), quote.Total) with
        { Level = quote.Level(), Reexecution = quote.Reexecution };
    }

    private static void CheckExpiry(OrderRequest order)
    {
        if (order.ExpiresInSeconds is < ShortestExpiry or > LongestExpiry)
            throw Refusal.Invalid($"expiresInSeconds is {ShortestExpiry} to {LongestExpiry}.");
    }

    private JobTerms TermsOf(
        Address client,
        OrderRequest order,
        Address provider,
        (string Kind, UInt256 Price, ulong Per) unit,
        UInt256 budget)
    {
        var market = self.Known;
        return new JobTerms
        {
            JobId = JobId.Derive(client, order.IdempotencyKey),
            ChainId = market.ChainId,
            Escrow = market.Escrow,
            Client = client,
            Provider = provider,
            Evaluator = market.Evaluator,
            Engine = order.Spec.Engine,
            SpecHash = order.Spec.Hash(),
            UnitKind = unit.Kind,
            UnitPrice = unit.Price,
            UnitsPer = unit.Per,
            Budget = budget,
            ExpiresAt = (ulong)time.GetUtcNow().ToUnixTimeSeconds()
                + (order.ExpiresInSeconds ?? (ulong)options.DefaultExpirySeconds),
            EvaluationWindow = market.EvaluationWindow,
            Verification = order.Verification,
        };
    }

    private static (ProviderView Provider, Offer Offer, UInt256 Price) Cheapest(
        OrderRequest order, IReadOnlyList<ProviderView> providers)
    {
        var units = order.Spec.WorstCaseUnits();
        (ProviderView Provider, Offer Offer, UInt256 Price)? best = null;
        ulong largest = 0;
        foreach (var provider in providers.Where(p => order.Provider is null || p.Address == order.Provider))
        {
            foreach (var offer in provider.Offers.Where(o => Serves(o, order.Spec)))
            {
                largest = Math.Max(largest, offer.MaxUnits);
                if (offer.MaxUnits < units)
                    continue;
                var price = WorstPrice(offer, units);
                if (best is null || price < best.Value.Price)
                    best = (provider, offer, price);
            }
        }

        return best ?? throw Refusal.Of(
            409,
            ProblemCodes.NoOffer,
            largest > 0
                ? $"The job may use {units} units; the largest offer is {largest}."
                : $"No provider {(order.Provider is { } p ? p.ToString() : "that is online")} offers this now.",
            largest > 0 ? "Lower the limits of the specification." : "See GET /v1/providers; try again later.",
            retryable: largest == 0);
    }

    private static bool Serves(Offer offer, JobSpec spec) =>
        offer.Engine == spec.Engine
        && spec switch
        {
            { Chat: { } chat } => offer.ResourceClass is "model/*" || offer.ResourceClass == $"model/{chat.Model}",
            { Container: { } container } =>
                offer.ResourceClass == ResourceClass.OfImage(container.Image, container.Gpu),
            _ => true,
        };

    /// <summary>The escrow takes no budget of zero, so a free offer costs one atto-AIT.</summary>
    private static UInt256 WorstPrice(Offer offer, ulong units)
    {
        var price = UnitCharge.Of(units, offer.UnitPrice, offer.UnitsPer);
        return price.IsZero ? UInt256.One : price;
    }
}

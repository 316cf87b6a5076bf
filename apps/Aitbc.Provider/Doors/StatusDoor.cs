using Aitbc.Provider.Delivery;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Payments.Allowance;
using Aitbc.Provider.Self;
using Aitbc.Provider.Selling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors;

/// <summary>What anybody may know: that it lives, what it sells, and how it does.</summary>
internal static class StatusDoor
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/health", Health);
        routes.MapGet("/v1/offers", Offers);
        routes.MapGet("/v1/stats", Stats);
        routes.MapGet("/v1/sales", Sales);
    }

    private static IResult Health(
        ProviderSelf self, ExecutionSlots slots, OwnerMode mode, Reception reception) => Results.Json(
        new HealthAnswer(
            self.Identity is null ? "starting" : "ok", self.Identity?.Address.ToString(), slots.Running, mode.Paused,
            mode.Last.Notice, reception.OpensAt()),
        DoorJson.Default.HealthAnswer);

    private static IResult Offers(ProviderSelf self, EngineCatalog engines, FreeAllowance allowance)
    {
        var offers = engines.All.SelectMany(e => e.Offers.Select(o => new OfferAnswer(
            e.Name,
            o.ResourceClass,
            e.Version,
            e.UnitKind,
            o.Price.Price.ToString(),
            o.Price.Per,
            o.MaxUnits)));
        return Results.Json(
            new OffersAnswer(
                self.Identity?.Address.ToString(), [.. offers],
                allowance.Limits is { } free
                    ? new FreeAnswer(
                        free.TokensPerClient, free.TokensPerDay, free.MinDeposit.ToString(), allowance.GivenToday)
                    : null),
            DoorJson.Default.OffersAnswer);
    }

    private static IResult Stats(ProviderStats stats, ExecutionSlots slots) => Results.Json(
        new StatsAnswer(
            stats.Executed,
            stats.Failed,
            stats.Refused,
            slots.Running,
            Math.Max(0, slots.Reserved - slots.Running),
            slots.Capacity),
        DoorJson.Default.StatsAnswer);

    private static IResult Sales(
        SaleRecords records, SalesDesk desk, RecentTokens recent, EarningBook book, ModelShelf shelf,
        FreeAllowance allowance)
    {
        var (tokens, seconds) = recent.Read();
        return Results.Json(
            new SalesAnswer(
                records.Answers, desk.Running, shelf.Waiting, records.PromptTokens,
                records.OutputTokens, records.Charged.ToString(), tokens, seconds, book.Today().ToString(),
                allowance.Limits is null ? null : allowance.GivenToday),
            DoorJson.Default.SalesAnswer);
    }
}

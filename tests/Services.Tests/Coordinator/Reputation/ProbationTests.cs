using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Services.Tests.Coordinator.Book;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Reputation;

/// <summary>What a newcomer counts for, and what the chain says of it.</summary>
public class ProbationTests : MarketSuite
{
    private static readonly Offer[] Wasm = [new("wasm", "wasm", "fuel", 7, 1000, 1_000_000)];
    private static readonly UInt256 Enough = UInt256.One * 100_000_000_000 * 1_000_000_000;

    [Fact]
    public async Task A_newcomer_counts_for_few_jobs_at_once_until_three_payers_were_served()
    {
        await using var market = await StartAsync();
        await market.SellAsync(market.ProviderKey, 10, capacity: 100);
        await market.RegisterAsync();
        Assert.Equal(8, await SlotsAsync(market));
        using var third = Ends.Key(9);
        foreach (var payer in new[] { market.ClientKey, market.StrangerKey, third })
        {
            Assert.True((await market.StandingAsync()).Probation);
            await market.ServedAsync(payer, "one");
        }

        Assert.False((await market.StandingAsync()).Probation);
        Assert.Equal(100, await SlotsAsync(market));
    }

    [Fact]
    public async Task A_bond_ends_probation_at_once_and_is_asked_for_again_every_week()
    {
        await using var market = await StartAsync();
        market.Chain.Bonds[market.ProviderKey.Address] = Enough - UInt256.One;
        await market.SellAsync(market.ProviderKey, 10, capacity: 100);
        Assert.Equal(8, await SlotsAsync(market));
        market.Chain.Bonds[market.ProviderKey.Address] = Enough;
        await market.Provider.RegisterAsync("", Wasm, Cancel);
        Assert.Equal(100, await SlotsAsync(market));
        var bonded = await market.StandingAsync();
        Assert.Equal((true, false), (bonded.Bonded, bonded.Probation));
        market.Chain.Bonds[market.ProviderKey.Address] = default;
        await market.StandingAsync();
        Assert.Equal(100, await SlotsAsync(market));
        market.Time.SetUtcNow(market.Time.GetUtcNow().AddDays(7));
        Assert.True((await market.StandingAsync()).Probation);
    }

    [Fact]
    public async Task An_agent_is_named_by_its_owner_only_and_its_wallets_jobs_give_no_mark()
    {
        await using var market = await StartAsync();
        market.Chain.Agents[5] = (market.ProviderKey.Address, market.StrangerKey.Address);
        foreach (var (seller, agent) in new[] { (market.Stranger, 5UL), (market.Provider, 6UL) })
        {
            var refused = await RefusedAsync(() => seller.RegisterAsync("", Wasm, agent, Cancel));
            Assert.Equal((403, ProblemCodes.Forbidden), (refused.Status, refused.Code));
        }

        Assert.Equal(5UL, (await market.Provider.RegisterAsync("", Wasm, 5, Cancel)).AgentId);
        await market.ServedAsync(market.StrangerKey, "mine");
        Assert.Empty((await market.StandingAsync()).Marks);
        await market.Provider.RegisterAsync("", Wasm, Cancel);
        Assert.Null((await market.Client.ProviderAsync(market.ProviderKey.Address, Cancel)).AgentId);
    }

    [Fact]
    public async Task The_agent_is_part_of_what_a_registration_signs()
    {
        await using var market = await StartAsync();
        var info = await market.Client.InfoAsync(Cancel);
        var signed = await new ProviderRegistration
        {
            Provider = market.ProviderKey.Address,
            Url = "",
            Offers = Offer.Canonical(Wasm),
            IssuedAt = 1,
            AgentId = 5,
            Signature = "",
        }.SignAsync(market.ProviderKey, info, Cancel);
        Assert.True(signed.IsSignedByProvider(info.ChainId, info.Escrow));
        Assert.False((signed with { AgentId = 6 }).IsSignedByProvider(info.ChainId, info.Escrow));
        Assert.False((signed with { AgentId = null }).IsSignedByProvider(info.ChainId, info.Escrow));
    }

    private static async Task<int> SlotsAsync(Market market) =>
        Assert.Single((await market.Client.OffersAsync(cancel: Cancel)).Offers).Slots;
}

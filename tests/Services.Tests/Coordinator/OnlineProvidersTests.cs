using Aitbc.Coordinator.Providers;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Services.Tests.Coordinator;

/// <summary>Orders without a quote among many providers.</summary>
public sealed class OnlineProvidersTests
{
    private const int Many = 3_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_thousands_the_cheapest_is_found_wherever_it_stands_until_it_falls_silent()
    {
        await using var market = await Market.StartAsync();
        await market.RegisterAsync();
        var cheap = Address.Parse("0xffffffffffffffffffffffffffffffffffffffff");
        await FillAsync(market, cheap);
        var job = await market.Client.OrderAsync(await market.OrderRequestAsync("first"), Cancel);
        Assert.Equal(cheap, job.Terms.Provider);
        Assert.Equal(Many + 2, (await market.Services.GetRequiredService<OnlineProviders>().AllAsync(Cancel)).Count);

        // All of them fall silent but one, which is heard of again.
        market.Time.Advance(TimeSpan.FromHours(1));
        var order = await market.OrderRequestAsync("second");
        var nobody = await Assert.ThrowsAsync<AitbcException>(() => market.Client.OrderAsync(order, Cancel));
        Assert.Equal(ProblemCodes.NoOffer, nobody.Problem.Code);
        await market.Provider.HeartbeatAsync(1, Cancel);
        job = await market.Client.OrderAsync(order, Cancel);
        Assert.Equal(market.ProviderKey.Address, job.Terms.Provider);
    }

    private static async Task FillAsync(Market market, Address cheap)
    {
        var nowMs = market.Time.GetUtcNow().ToUnixTimeMilliseconds();
        var databases = market.Services.GetRequiredService<IDbContextFactory<CoordinatorDbContext>>();
        await using var db = await databases.CreateDbContextAsync(Cancel);
        foreach (var number in Enumerable.Range(0, Many + 1))
        {
            var hash = Keccak256.Hash(BitConverter.GetBytes(number)).ToArray();
            db.Providers.Add(new ProviderRow
            {
                Address = number == Many ? cheap : Address.FromBytes(hash.AsSpan(0, Address.Length)),
                Url = "",
                Offers = Offer.Canonical(
                    [new Offer("wasm", "wasm", "fuel", (UInt256)(number == Many ? 1UL : 9UL), 1000, 1_000_000)]),
                IssuedAt = 1,
                Signature = "0x" + new string('1', 130),
                ServeRate = 1000,
                RegisteredAtMs = nowMs,
                LastSeenAtMs = nowMs,
            });
        }

        await db.SaveChangesAsync(Cancel);
    }
}

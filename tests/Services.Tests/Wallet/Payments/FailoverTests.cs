using System.Net;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.X402;
using Xunit;

namespace Services.Tests.Wallet.Payments;

/// <summary>A gateway that says a payee took nothing is paid anew, and is not believed with money.</summary>
public sealed class FailoverTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_payment_that_its_payee_refused_before_money_is_made_anew_to_the_next()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000);
        using var client = Client(world, world.Payments(budget), 2_000, refusals: 1);
        using var answer = await client.GetAsync("exact", Cancel);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Single(world.Shop.Payments);
        Assert.Equal((UInt256)1_000UL, await world.CoinsAsync(world.Shop.Receiver));
    }

    [Theory]
    [InlineData(1_999UL, 1)]
    [InlineData(2_999UL, 9)]
    public async Task What_was_signed_before_counts_against_the_most_that_a_request_may_cost(ulong most, int refusals)
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(9_000);
        using var client = Client(world, world.Payments(budget), most, refusals);
        await Assert.ThrowsAsync<AitbcException>(() => client.GetAsync("exact", Cancel));
        Assert.Empty(world.Shop.Payments);
        Assert.True(await world.SpentAsync(budget) <= most);
    }

    private static HttpClient Client(PayWorld world, Aitbc.Sdk.Wallet.PayClient wallet, UInt256 most, int refusals) =>
        new(new X402Handler(wallet, new X402HandlerOptions { MaxAmount = most })
        {
            InnerHandler = new Gateway(refusals) { InnerHandler = new SocketsHttpHandler() },
        })
        {
            BaseAddress = world.Shop.Url,
        };

    /// <summary>Its first payees are busy: what they are paid with is answered by another's 402.</summary>
    private sealed class Gateway(int refusals) : DelegatingHandler
    {
        private int refused;

        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (!request.Headers.Contains(X402Headers.Signature) || refused++ >= refusals)
                return await base.SendAsync(request, cancellationToken);
            request.Headers.Remove(X402Headers.Signature);
            var answer = await base.SendAsync(request, cancellationToken);
            answer.Headers.Add("X-Aitbc-Failover", "0x0000000000000000000000000000000000000b51");
            return answer;
        }
    }
}

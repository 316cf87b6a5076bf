using System.Text;
using Aitbc.Coordinator.Reputation;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Services.Tests.Coordinator.Reputation;

/// <summary>Jobs of any payer, brought to their ends.</summary>
internal static class Ends
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static LocalSigner Key(byte number) =>
        new(PrivateKey.FromBytes([.. Enumerable.Repeat((byte)0, 31), number]));

    /// <summary>A job of a payer, whose money is in the escrow.</summary>
    public static async Task<JobView> PaidAsync(
        this Market market, LocalSigner payer, string key, ulong? expiresIn = null, Address? provider = null)
    {
        var client = market.As(payer);
        foreach (var blob in new[] { "module", "input" })
            await client.PutBlobAsync(Encoding.UTF8.GetBytes(blob), Cancel);
        var order = await market.OrderRequestAsync(key);
        var job = await client.OrderAsync(
            order with { ExpiresInSeconds = expiresIn, Provider = provider }, Cancel);
        market.Fund(job);
        return job;
    }

    public static async Task ServedAsync(this Market market, LocalSigner payer, string key)
    {
        var job = await market.PaidAsync(payer, key, provider: market.ProviderKey.Address);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        var (receipt, output) = await market.ExecuteAsync(job);
        await market.Provider.SubmitResultAsync(job.Id, receipt, output, Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
    }

    public static async Task GivenUpAsync(this Market market, LocalSigner payer, string key, string code)
    {
        var job = await market.PaidAsync(payer, key, provider: market.ProviderKey.Address);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        await market.Provider.FailedAsync(job.Id, code, "It cannot.", Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
    }

    /// <summary>What the market says once everything is counted.</summary>
    public static async Task<ReputationView> StandingAsync(this Market market, int limit = 100, string? after = null)
    {
        await market.Services.GetRequiredService<ReputationLoop>().SweepAsync(Cancel);
        return await market.Client.ReputationAsync(market.ProviderKey.Address, limit, after, Cancel);
    }
}

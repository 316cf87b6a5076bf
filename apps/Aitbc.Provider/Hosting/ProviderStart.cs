using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Gpu;
using Aitbc.Provider.Offers;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Hosting;

/// <summary>
/// Learns who this provider is from wallet, node and coordinator, however late they come up, registers what it sells
/// and keeps its offers on the market.
/// </summary>
internal sealed class ProviderStart(
    ProviderOptions options,
    IProviderAccount account,
    ChainClient chain,
    EscrowClient escrow,
    CoordinatorLink coordinator,
    EngineCatalog engines,
    OfferPosting posting,
    GpuStanding gpus,
    GpuAttestations attestations,
    GpuAttesting attesting,
    ProviderSelf self,
    ProviderLifetime lifetime,
    TimeProvider time,
    ILogger<ProviderStart> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    public override Task StopAsync(CancellationToken cancellationToken)
    {
        lifetime.Stop();
        return base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var identity = await UntilAsync(IdentifyAsync, stoppingToken);
        // Before work is taken: every receipt says the same of the device.
        attestations.Restore(identity);
        await gpus.LookAsync(stoppingToken);
        self.Set(identity);
        log.LogInformation("This provider is {Address}.", self.Identity!.Address);
        if (!coordinator.IsConfigured)
            return;
        await UntilAsync(RegisterAsync, stoppingToken);
        while (true)
        {
            await attesting.RenewAsync(stoppingToken);
            await UntilAsync(PostAsync, stoppingToken);
            await Task.Delay(OfferPosting.Renewal, time, stoppingToken);
        }
    }

    private async Task<ProviderIdentity> IdentifyAsync(CancellationToken stopping)
    {
        var evaluators = options.Evaluators.Count > 0 || !coordinator.IsConfigured
            ? options.Evaluators.Select(Address.Parse)
            : [await coordinator.EvaluatorAsync(stopping)];
        return new ProviderIdentity(
            await account.AddressAsync(stopping),
            await chain.ChainIdAsync(stopping),
            escrow.Escrow,
            SystemContractAddresses.Token,
            evaluators.ToHashSet());
    }

    private async Task<bool> RegisterAsync(CancellationToken stopping)
    {
        // A server of models is offered only where it answers; what is built in is always there.
        var offers = new List<Offer>();
        foreach (var engine in engines.All)
        {
            if (engine is not ModelEngine server || await server.ModelsAsync(stopping) is not null)
                offers.AddRange((await engine.LookAsync(stopping)).Select(o => Registered(engine, o)));
            else
                log.LogInformation("The server behind the engine {Engine} does not answer.", engine.Name);
        }

        await coordinator.RegisterAsync(offers, stopping);
        var names = string.Join(", ", offers.Select(o => o.Engine));
        log.LogInformation("Registered with {Coordinator}: {Engines}.", options.CoordinatorUrl, names);
        return true;
    }

    /// <summary>What can be executed again says its version, and whether this provider does that for others.</summary>
    private Offer Registered(IEngine engine, EngineOffer offer)
    {
        var said = new Offer(
            offer.Engine, offer.ResourceClass, offer.UnitKind, offer.Price.Price, offer.Price.Per, offer.MaxUnits);
        return JobVerification.CanCompare(engine.Name)
            ? said with { EngineVersion = engine.Version, Reexecutes = options.Reexecute ? true : null } : said;
    }

    private async Task<bool> PostAsync(CancellationToken stopping)
    {
        await posting.PostAsync(stopping);
        return true;
    }

    private async Task<T> UntilAsync<T>(Func<CancellationToken, Task<T>> ask, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await ask(stopping);
            }
            catch (Exception away) when (!stopping.IsCancellationRequested && IsAway(away))
            {
                log.LogInformation("Waiting for the other daemons: {Reason}", away.Message);
            }

            await Task.Delay(Pause, time, stopping);
        }
    }

    private static bool IsAway(Exception e) =>
        e is HttpRequestException or IOException or ChainUnavailableException or RpcException or AitbcException
            or OperationCanceledException;
}

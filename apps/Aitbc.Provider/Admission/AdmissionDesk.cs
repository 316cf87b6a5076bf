using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Offers;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Admission;

/// <summary>Gathers the facts of a case from the chain and asks the rules.</summary>
internal sealed class AdmissionDesk(
    EscrowClient escrow,
    ReexecutionClient reexecution,
    CoordinatorLink coordinator,
    ProviderSelf self,
    LevelPromises promises,
    ProviderOptions options,
    TimeProvider time)
{
    /// <summary>
    /// Null when the job may run. Throws <see cref="ChainUnavailableException"/> when the chain cannot be asked.
    /// </summary>
    public async Task<AdmissionRefusal?> RefuseAsync(
        JobTerms terms, JobSpec spec, IEngine engine, CancellationToken cancellation)
    {
        var me = await self.WhenKnownAsync(cancellation);
        var held = await escrow.FindJobAsync(terms.JobId, cancellation);
        return AdmissionRules.Refuse(new AdmissionCase
        {
            Terms = terms,
            Spec = spec,
            Escrow = held,
            Dispute = terms.Reexecution is not null && held?.Hook == SystemContractAddresses.ReexecutionHook
                ? await reexecution.DisputeAsync(held.Id, cancellation) : null,
            Ordered = terms.Reexecution is null ? null : await OrderedAsync(terms, cancellation),
            EngineVersion = engine.Version,
            Me = me,
            WorstCaseUnits = engine.WorstCaseUnits(spec),
            MyPrice = engine.Offer.Price,
            MyLevel = promises.Of(engine.Name),
            Now = time.GetUtcNow(),
            ExpiryMargin = engine.LongestRunOf(spec) + options.SubmissionMargin,
        });
    }

    private async Task<Hash256?> OrderedAsync(JobTerms terms, CancellationToken cancellation)
    {
        try
        {
            return (await coordinator.JobAsync(terms.JobId, cancellation))?.TermsHash;
        }
        catch (Exception away) when (!cancellation.IsCancellationRequested
            && (away is AitbcException or HttpRequestException or IOException or InvalidDataException
                or OperationCanceledException))
        {
            return null;
        }
    }
}

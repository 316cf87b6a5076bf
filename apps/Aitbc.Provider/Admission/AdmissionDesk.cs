using Aitbc.Provider.Engines;
using Aitbc.Provider.Offers;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Admission;

/// <summary>Gathers the facts of a case from the chain and asks the rules.</summary>
internal sealed class AdmissionDesk(
    EscrowClient escrow, ProviderSelf self, LevelPromises promises, ProviderOptions options, TimeProvider time)
{
    /// <summary>
    /// Null when the job may run. Throws <see cref="ChainUnavailableException"/> when the chain cannot be asked.
    /// </summary>
    public async Task<AdmissionRefusal?> RefuseAsync(
        JobTerms terms, JobSpec spec, IEngine engine, CancellationToken cancellation)
    {
        var me = await self.WhenKnownAsync(cancellation);
        return AdmissionRules.Refuse(new AdmissionCase
        {
            Terms = terms,
            Spec = spec,
            Escrow = await escrow.FindJobAsync(terms.JobId, cancellation),
            Me = me,
            WorstCaseUnits = engine.WorstCaseUnits(spec),
            MyPrice = engine.Offer.Price,
            MyLevel = promises.Of(engine.Name),
            Now = time.GetUtcNow(),
            ExpiryMargin = engine.LongestRunOf(spec) + options.SubmissionMargin,
        });
    }
}

using Aitbc.Coordinator.Reputation;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Verification;

/// <summary>An output that a provider signed for, as evidence about another's.</summary>
internal sealed record Voice(Hash256 Job, Hash256 Output, bool IsEstablished);

/// <summary>
/// Whose outputs count against another's: one of each owner, none of the client's own. Providers whose agents are paid
/// at one place are one owner. Only those that are off probation refute.
/// </summary>
internal static class Voices
{
    public static async Task<IReadOnlyList<Voice>> OfAsync(
        CoordinatorDbContext db, JobRow judged, IEnumerable<JobRow> delivered, CancellationToken cancel)
    {
        var jobs = delivered.Where(j => j.OutputHash is not null).ToList();
        var who = jobs.Select(j => j.Provider).Append(judged.Provider).Distinct().ToList();
        var wallets = await db.Providers.AsNoTracking().Where(p => who.Contains(p.Address))
            .Select(p => new { p.Address, p.AgentWallet })
            .ToDictionaryAsync(p => p.Address, p => p.AgentWallet, cancel);
        var standings = await db.Standings.AsNoTracking().Where(s => who.Contains(s.Provider))
            .ToDictionaryAsync(s => s.Provider, cancel);
        var counted = new HashSet<Address> { OwnerOf(judged.Provider), judged.Provider, judged.Client };
        var voices = new List<Voice>();
        foreach (var job in jobs.Where(j => j.Provider != judged.Client))
        {
            if (counted.Add(OwnerOf(job.Provider)))
                voices.Add(new Voice(
                    job.Id, job.OutputHash!.Value, !Probation.Holds(standings.GetValueOrDefault(job.Provider))));
        }

        return voices;

        Address OwnerOf(Address provider) => wallets.GetValueOrDefault(provider) ?? provider;
    }
}

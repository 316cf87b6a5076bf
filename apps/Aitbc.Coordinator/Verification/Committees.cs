using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Payments;
using Aitbc.Coordinator.Providers;
using Aitbc.Coordinator.Reputation;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Verification;

/// <summary>What a committee is named for.</summary>
internal sealed record CommitteeNeed(int Size, JobSpec Spec, Address Client, Address Provider, UInt256 Budget);

/// <summary>
/// Names who executes a job again if its result is doubted, and what that costs. One of each owner, none of the
/// parties; drawn by lot among those that are not much dearer than the cheapest, so that nobody can know or choose whom
/// he will be judged by (specs/market/jobs.md, Re-execution).
/// </summary>
internal sealed class Committees(OnlineProviders online, MarketSelf self)
{
    // So many are looked at together, the cheapest first, until there are enough.
    private const int AtOnce = 1000;

    // Who asks more than so many times what the cheapest committee would is not drawn.
    private const ulong Spread = 2;

    /// <summary>Refuses what can never be executed again, before anybody is asked.</summary>
    public static void Check(ReexecutionRequest? asked, JobSpec spec)
    {
        if (asked is null)
            return;
        if (!JobReexecution.IsSize(asked.Committee))
            throw Refusal.Invalid("reexecution.committee is 1, 3 or 5.");
        if (!JobVerification.CanCompare(spec.Engine))
            throw Refusal.Of(
                422,
                ProblemCodes.ReexecutionUnsupported,
                $"What the engine '{spec.Engine}' gives differs from machine to machine.",
                $"Leave reexecution out; only '{JobSpec.WasmEngine}' and '{JobSpec.JsEngine}' are executed again.");
    }

    public async Task<JobReexecution> NameAsync(CoordinatorDbContext db, CommitteeNeed need, CancellationToken cancel)
    {
        var known = await online.AllAsync(cancel);
        var version = known.FirstOrDefault(p => p.Address == need.Provider)?.Offers
            .FirstOrDefault(o => o.Engine == need.Spec.Engine)?.EngineVersion
            ?? throw Refusal.Of(
                409,
                ProblemCodes.NoCommittee,
                $"{need.Provider} does not say which version of the engine it has: nobody can execute it again.",
                "Name or exclude a provider.");
        var members = await CheapestAsync(db, Asking(known, need, version), need, cancel);
        var cheapest = members.Take(need.Size).ToList();
        if (cheapest.Count < need.Size)
            throw Refusal.Of(
                409,
                ProblemCodes.NoCommittee,
                $"{cheapest.Count} providers that nobody in this job owns would execute it again; "
                    + $"{need.Size} are wanted.",
                "Ask for a smaller committee, or try again later; those on probation or with another engine version "
                    + "cannot be named.",
                retryable: true);
        var dearest = cheapest[^1].Price * Spread;
        var drawn = members.Where(m => m.Price <= dearest).ToList();
        RandomNumberGenerator.Shuffle(CollectionsMarshal.AsSpan(drawn));
        var committee = drawn.Take(need.Size).ToList();
        return new JobReexecution
        {
            Reexecutors = [.. committee.Select(m => m.Address)],
            Bond = JobReexecution.BondOf(need.Budget),
            Fee = committee.Select(m => m.Price).Aggregate((dear, price) => price > dear ? price : dear),
            VotingTime = JobReexecution.MarketVotingTime,
            EngineVersion = version,
        };
    }

    /// <summary>Those that would do it again at a price that the escrow takes, each with its lowest.</summary>
    private IEnumerable<Member> Asking(IEnumerable<ProviderView> known, CommitteeNeed need, string version)
    {
        var units = need.Spec.WorstCaseUnits();
        var most = need.Budget * JobReexecution.MaxFeeBudgets;
        foreach (var provider in known)
        {
            if (provider.Address == need.Client || provider.Address == need.Provider
                || provider.Address == self.Evaluator)
                continue;
            var prices = provider.Offers
                .Where(o => o.Reexecutes == true && o.Engine == need.Spec.Engine && o.MaxUnits >= units
                    && o.EngineVersion == version)
                .Select(o => UnitCharge.Of(units, o.UnitPrice, o.UnitsPer)).Where(p => p <= most).ToList();
            if (prices.Count > 0)
                yield return new Member(provider.Address, prices.Min(), provider.Address);
        }
    }

    /// <summary>Those that are off probation and belong to none of the parties, each with its owner.</summary>
    private static async Task<List<Member>> EligibleAsync(
        CoordinatorDbContext db, IReadOnlyList<Member> asking, CommitteeNeed need, CancellationToken cancel)
    {
        var who = asking.Select(m => m.Address).Append(need.Provider).ToList();
        var wallets = await db.Providers.AsNoTracking().Where(p => who.Contains(p.Address) && p.AgentWallet != null)
            .Select(p => new { p.Address, p.AgentWallet })
            .ToDictionaryAsync(p => p.Address, p => p.AgentWallet!.Value, cancel);
        var standings = await db.Standings.AsNoTracking().Where(s => who.Contains(s.Provider))
            .ToDictionaryAsync(s => s.Provider, cancel);
        var parties = new HashSet<Address>
        {
            need.Client, need.Provider, wallets.GetValueOrDefault(need.Provider, need.Provider),
        };
        return [.. asking
            .Where(m => !Probation.Holds(standings.GetValueOrDefault(m.Address)))
            .Select(m => m with { Owner = wallets.GetValueOrDefault(m.Address, m.Address) })
            .Where(m => !parties.Contains(m.Owner))];
    }

    /// <summary>
    /// In the order of their prices, one of each owner: who has many accounts has no more lots. Newcomers that ask
    /// little do not keep the others from being looked at.
    /// </summary>
    private static async Task<List<Member>> CheapestAsync(
        CoordinatorDbContext db, IEnumerable<Member> asking, CommitteeNeed need, CancellationToken cancel)
    {
        var members = new List<Member>();
        foreach (var some in asking.OrderBy(m => m.Price).Chunk(AtOnce))
        {
            var eligible = await EligibleAsync(db, some, need, cancel);
            members = [.. members.Concat(eligible).DistinctBy(m => m.Owner)];
            if (members.Count >= need.Size)
                break;
        }

        return members;
    }

    private sealed record Member(Address Address, UInt256 Price, Address Owner);
}

using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Bonds;

/// <summary>
/// How much an offence costs and who receives what. At most half of a slash goes to the harmed and a twentieth to the
/// reporter; the rest is burned, so that nobody gains by slashing himself, even with an accomplice in either place.
/// </summary>
internal sealed class BondSlashing(CallFrame frame)
{
    /// <summary>Of everything that is bonded or unbonding, in basis points: what one offence costs at most.</summary>
    public const ulong OffenceShare = 5_000;

    /// <summary>Of a slash, in basis points: what the harmed receives at most.</summary>
    public const ulong HarmedShare = 5_000;

    /// <summary>Of a slash, in basis points: what the reporter receives.</summary>
    public const ulong ReporterShare = 500;

    private const ulong BasisPoints = 10_000;
    private const ulong Completed = 3;
    private static readonly Hash256 PunishedSlot = SolidityLayout.Slot(2);
    private static readonly AbiFunction JobByKey = AbiFunction.Parse("jobByKey(bytes32)(uint256)");
    private static readonly AbiFunction JobTerms =
        AbiFunction.Parse("jobTerms(uint256)(bytes32,bytes32,uint256,uint256,bytes32)");

    private static readonly AbiFunction GetJob = AbiFunction.Parse(
        "getJob(uint256)((uint256,address,address,address,string,uint256,uint256,uint8,address,address,uint256,"
        + "uint256))");

    /// <summary>Two statements of one provider about one job that differ: half of the bond, once for the job.</summary>
    public UInt256 Contradiction(BondEvidence first, BondEvidence second)
    {
        if (first.Provider != second.Provider || first.JobId != second.JobId)
            throw BondsAbi.Error("NotSameJob");
        if (first.Digest == second.Digest)
            throw BondsAbi.Error("SameReceipt");
        var punished = Punished(first.Provider, first.JobId);
        if (!frame.Load(punished).IsZero)
            throw BondsAbi.Error("AlreadyPunished");
        frame.Store(punished, UInt256.One);
        var (harmed, price) = Harmed(first.Provider, first.JobId);
        return Slash(first.Provider, first.JobId, UInt256.MaxValue, harmed, price, frame.Caller);
    }

    /// <summary>What a contract of the chain found: it names the amount, and who was harmed or nobody.</summary>
    public UInt256 Verdict(Address provider, Address harmed, UInt256 amount, Hash256 reason)
    {
        if (frame.Caller != SystemContracts.JobEscrow && frame.Caller != SystemContracts.Validators)
            throw BondsAbi.Error("Unauthorized");
        return Slash(provider, reason, amount, harmed, harmed.IsZero ? default : UInt256.MaxValue, default);
    }

    public bool IsPunished(Address provider, Hash256 jobId) => !frame.Load(Punished(provider, jobId)).IsZero;

    private static UInt256 Share(UInt256 amount, ulong basisPoints) =>
        (amount / BasisPoints * basisPoints) + (amount % BasisPoints * basisPoints / BasisPoints);

    private static Hash256 Punished(Address provider, Hash256 jobId) =>
        SolidityLayout.Mapping(jobId, SolidityLayout.Mapping(provider, PunishedSlot));

    private UInt256 Slash(
        Address provider, Hash256 reason, UInt256 atMost, Address harmed, UInt256 damage, Address reporter)
    {
        var bond = new BondLedger(frame, provider);
        var amount = UInt256.Min(atMost, Share(bond.Bonded + bond.Unbonding, OffenceShare));
        if (amount.IsZero)
            throw BondsAbi.Error("NothingBonded");
        bond.Slash(amount);
        var toHarmed = UInt256.Min(damage, Share(amount, HarmedShare));
        var toReporter = reporter.IsZero ? default : Share(amount, ReporterShare);
        var burned = amount - toHarmed - toReporter;
        Pay(harmed, toHarmed);
        Pay(reporter, toReporter);
        if (!frame.TryBurn(burned))
            throw BondsAbi.Error("NothingBonded");
        frame.Emit(BondsAbi.Slashed.Encode(
            provider, reason, amount, harmed, toHarmed, reporter, toReporter, burned));
        return amount;
    }

    private void Pay(Address to, UInt256 amount)
    {
        if (!amount.IsZero && !frame.TryMove(frame.Contract, to, amount))
            throw BondsAbi.Error("NothingBonded");
    }

    // The client that paid this provider for this job, with what it paid. Who was not charged was not harmed.
    private (Address Client, UInt256 Price) Harmed(Address provider, Hash256 jobId)
    {
        var id = Ask(JobByKey, jobId).Number(0);
        if (id.IsZero)
            return default;
        var job = Ask(GetJob, id).Tuple(0);
        var isPaid = job.Address(2) == provider && job.Number(7) == Completed;
        return isPaid ? (job.Address(1), Ask(JobTerms, id).Number(3)) : default;
    }

    private CallArguments Ask(AbiFunction view, object value)
    {
        var answer = frame.Call(SystemContracts.JobEscrow, default, view.EncodeCall(value));
        return answer.Succeeded
            ? new CallArguments(view.DecodeResult(answer.ReturnData.Span))
            : throw RevertException.Silent();
    }
}

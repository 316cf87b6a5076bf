using Aitbc.Ledger.Contracts.ReceiptRoots;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Bonds;

/// <summary>What providers stake on their word, and how they lose it (specs/contracts/bonds.md).</summary>
internal sealed class ProviderBondsContract : ISystemContract
{
    /// <summary>Seconds from the request to the release of a bond: 7 days.</summary>
    public const ulong UnbondingTime = 604_800;

    /// <summary>Unbondings of a provider at one time; another one is refused until it withdraws.</summary>
    public const int MaxUnbondings = 8;

    private readonly FunctionTable functions = new FunctionTable()
        .AddPayable(BondsAbi.Bond, (frame, _) => Bond(frame, frame.Caller))
        .AddPayable(BondsAbi.TopUp, (frame, args) => Bond(frame, args.Address(0)))
        .Add(BondsAbi.RequestUnbonding, (frame, args) => [RequestUnbonding(frame, args.Number(0))])
        .Add(BondsAbi.Withdraw, (frame, _) => [Withdraw(frame)])
        .Add(BondsAbi.ReportReceipts, (frame, args) => [ReportReceipts(frame, args)])
        .Add(BondsAbi.ReportRoot, (frame, args) => [ReportRoot(frame, args)])
        .Add(BondsAbi.SlashFor, (frame, args) =>
        [
            new BondSlashing(frame).Verdict(args.Address(0), args.Address(1), args.Number(2), args.Word(3)),
        ])
        .Add(BondsAbi.BondOf, (frame, args) => [Of(frame, args).Bonded])
        .Add(BondsAbi.UnbondingOf, (frame, args) => [Of(frame, args).Unbonding])
        .Add(BondsAbi.Available, (frame, args) => [Of(frame, args).Mature(out _)])
        .Add(BondsAbi.Unbondings, (frame, args) => [Unbondings(Of(frame, args))])
        .Add(BondsAbi.SlashedOf, (frame, args) => [Of(frame, args).Slashed])
        .Add(BondsAbi.IsPunished, (frame, args) =>
            [new BondSlashing(frame).IsPunished(args.Address(0), args.Word(1))])
        .Add(BondsAbi.Held, (frame, _) => [frame.Load(BondLedger.HeldSlot)])
        .Add(BondsAbi.UnbondingTime, (_, _) => [(UInt256)UnbondingTime])
        .Add(BondsAbi.MaxUnbondings, (_, _) => [(UInt256)(ulong)MaxUnbondings]);

    public Address Address => SystemContracts.ProviderBonds;

    public Hash256? HeldSlot => BondLedger.HeldSlot;

    public IReadOnlyList<AbiFunction> Functions => functions.Functions;

    public byte[] Execute(CallFrame frame) => functions.Execute(frame);

    private static BondLedger Of(CallFrame frame, CallArguments args) => new(frame, args.Address(0));

    private static object?[] Bond(CallFrame frame, Address provider)
    {
        if (frame.Value.IsZero)
            throw BondsAbi.Error("ZeroAmount");
        if (provider.IsZero)
            throw BondsAbi.Error("ZeroAddress");
        new BondLedger(frame, provider).Add(frame.Value);
        frame.Emit(BondsAbi.Bonded.Encode(provider, frame.Caller, frame.Value));
        return [];
    }

    private static UInt256 RequestUnbonding(CallFrame frame, UInt256 amount)
    {
        var bond = new BondLedger(frame, frame.Caller);
        if (amount.IsZero)
            throw BondsAbi.Error("ZeroAmount");
        if (amount > bond.Bonded)
            throw BondsAbi.Error("BondTooSmall");
        if (bond.Unbondings >= MaxUnbondings)
            throw BondsAbi.Error("TooManyUnbondings");
        var releaseAt = (UInt256)frame.Timestamp + UnbondingTime;
        bond.Unbond(amount, releaseAt);
        frame.Emit(BondsAbi.UnbondingRequested.Encode(frame.Caller, amount, releaseAt));
        return releaseAt;
    }

    private static UInt256 Withdraw(CallFrame frame)
    {
        var amount = new BondLedger(frame, frame.Caller).TakeMature();
        if (amount.IsZero || !frame.TryMove(frame.Contract, frame.Caller, amount))
            throw BondsAbi.Error("NothingToWithdraw");
        frame.Emit(BondsAbi.Withdrawn.Encode(frame.Caller, amount));
        return amount;
    }

    private static UInt256 ReportReceipts(CallFrame frame, CallArguments args) =>
        new BondSlashing(frame).Contradiction(
            BondEvidence.Signed(frame, args.Tuple(0), args.Bytes(1)),
            BondEvidence.Signed(frame, args.Tuple(2), args.Bytes(3)));

    private static UInt256 ReportRoot(CallFrame frame, CallArguments args)
    {
        var signed = BondEvidence.Signed(frame, args.Tuple(0), args.Bytes(1));
        var published = BondEvidence.Published(
            frame, signed.Provider, signed.JobId, args.Word(3), (ulong)args.Number(2), args.Number(4),
            ReceiptRootsContract.Proof(args.Items(5)));
        return new BondSlashing(frame).Contradiction(signed, published);
    }

    private static object?[] Unbondings(BondLedger bond)
    {
        var entries = new object?[bond.Unbondings];
        for (var i = 0; i < entries.Length; i++)
        {
            var (amount, releaseAt) = bond.Entry(i);
            entries[i] = new object?[] { amount, releaseAt };
        }

        return entries;
    }
}

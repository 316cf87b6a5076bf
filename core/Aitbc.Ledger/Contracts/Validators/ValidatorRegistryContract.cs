using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Validators;

/// <summary>Who decides the blocks (specs/contracts/validators.md).</summary>
internal sealed class ValidatorRegistryContract : ISystemContract
{
    private readonly FunctionTable functions = new FunctionTable()
        .Add(ValidatorsAbi.ProposeAdd, (frame, args) =>
            [Voting(frame).ProposeAdd(args.Address(0), args.Word(1), args.Word(2), args.Bytes(3))])
        .Add(ValidatorsAbi.ProposeRemove, (frame, args) => [Voting(frame).ProposeRemove(args.Address(0))])
        .Add(ValidatorsAbi.Vote, (frame, args) => [Voting(frame).Vote(args.Number(0))])
        .Add(ValidatorsAbi.RotateKey, (frame, args) =>
            Changes(frame).Rotate(frame.Caller, args.Word(0), args.Word(1), args.Bytes(2)))
        .Add(ValidatorsAbi.SetTransportKey, SetTransportKey)
        .Add(ValidatorsAbi.Leave, (frame, _) => Changes(frame).Remove(frame.Caller))
        .Add(ValidatorsAbi.ReportEquivocation, (frame, args) =>
            new RegistryEvidence(frame, new(frame), Changes(frame)).Report(
                args.Word(0), args.Bytes(1), args.Bytes(2), args.Bytes(3), args.Bytes(4)))
        .Add(ValidatorsAbi.Members, (frame, _) => [Encode(new RegistryStorage(frame).Active())])
        .Add(ValidatorsAbi.MembersAt, (frame, args) => [Encode(At(frame, args.Number(0)))])
        .Add(ValidatorsAbi.Hash, (frame, _) => [Hash(frame, new RegistryStorage(frame).Active())])
        .Add(ValidatorsAbi.HashAt, (frame, args) => [Hash(frame, At(frame, args.Number(0)))])
        .Add(ValidatorsAbi.IsValidator, (frame, args) =>
            [new RegistryStorage(frame).TermOf(args.Address(0)) is not null])
        .Add(ValidatorsAbi.IsTombstoned, (frame, args) =>
            [new RegistryStorage(frame).IsTombstoned(args.Address(0))])
        .Add(ValidatorsAbi.IsKeyTombstoned, (frame, args) =>
            [new RegistryStorage(frame).IsTombstoned(args.Word(0))])
        .Add(ValidatorsAbi.Proposal, (frame, args) => Voting(frame).Read(args.Number(0)))
        .Add(ValidatorsAbi.ChangesLeft, (frame, _) => [(UInt256)Changes(frame).Left()])
        .Add(ValidatorsAbi.ProofMessage, (frame, args) =>
        [
            SignedMessage.Proof(
                frame.ChainId, new RegistryStorage(frame).GenesisHash, args.Address(0), args.Word(1)),
        ]);

    public Address Address => SystemContracts.Validators;

    public IReadOnlyList<AbiFunction> Functions => functions.Functions;

    public byte[] Execute(CallFrame frame) => functions.Execute(frame);

    private static RegistryChanges Changes(CallFrame frame) => new(frame, new RegistryStorage(frame));

    private static RegistryVoting Voting(CallFrame frame) =>
        new(frame, new RegistryStorage(frame), Changes(frame));

    private static void SetTransportKey(CallFrame frame, CallArguments args)
    {
        new RegistryStorage(frame).SetTransportKey(Changes(frame).TermOf(frame.Caller), args.Word(0));
        frame.Emit(ValidatorsAbi.TransportKeySet.Encode(frame.Caller, args.Word(0)));
    }

    // The set of the block in which this runs is settled; that of the next one may still change in it.
    private static IReadOnlyList<RegisteredValidator> At(CallFrame frame, UInt256 height) =>
        height <= frame.Block.Number
            ? new RegistryStorage(frame).At((ulong)height)
            : throw ValidatorsAbi.Error("HeightNotKnown");

    private static Hash256 Hash(CallFrame frame, IReadOnlyList<RegisteredValidator> set)
    {
        frame.Charge(GasSchedule.Hash + (GasSchedule.HashWord * (1 + (2 * (ulong)set.Count))));
        return RegisteredSet.HashOf(set);
    }

    private static object?[] Encode(IReadOnlyList<RegisteredValidator> set) =>
    [
        .. set.Select(v => (object?)new object?[]
        {
            v.Operator,
            v.ConsensusKey,
            v.TransportKeyHash,
            (UInt256)RegisteredValidator.Weight,
            (UInt256)v.FromHeight,
            (UInt256)v.UntilHeight,
        }),
    ];
}

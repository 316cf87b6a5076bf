using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Merkle;

namespace Aitbc.Ledger.Contracts.ReceiptRoots;

/// <summary>
/// What a provider has receipted in an hour, as one Merkle root that it cannot take back
/// (specs/contracts/receipt-roots.md).
/// </summary>
internal sealed class ReceiptRootsContract : ISystemContract
{
    /// <summary>Seconds of an epoch; epoch e begins at e times this, Unix time.</summary>
    public const ulong EpochSeconds = 3600;

    /// <summary>Leaves of a tree at most; proofs are as long as its logarithm.</summary>
    public const ulong MaxCount = 1UL << ReceiptTree.MaxProof;

    public static readonly AbiFunction Publish = AbiFunction.Parse("publish(uint64,bytes32,uint256)");
    public static readonly AbiFunction RootOf = AbiFunction.Parse("rootOf(address,uint64)(bytes32,uint256,uint256)");
    public static readonly AbiFunction LastEpoch = AbiFunction.Parse("lastEpoch(address)(bool,uint64)");
    public static readonly AbiFunction LeafOf = AbiFunction.Parse("leafOf(bytes32,bytes32)(bytes32)");

    public static readonly AbiFunction Verify =
        AbiFunction.Parse("verify(address,uint64,bytes32,uint256,bytes32[])(bool)");

    public static readonly AbiFunction EpochLength = AbiFunction.Parse("EPOCH_SECONDS()(uint256)");

    public static readonly AbiEvent Published =
        AbiEvent.Parse("ReceiptRootPublished(address indexed,uint64 indexed,bytes32 indexed,uint256)");

    private static readonly AbiFunction EpochNotOver = AbiFunction.Parse("EpochNotOver(uint64)");
    private static readonly AbiFunction EpochPassed = AbiFunction.Parse("EpochPassed(uint64)");
    private static readonly AbiFunction InvalidRoot = AbiFunction.Parse("InvalidRoot()");

    /// <summary>All errors, as signatures.</summary>
    public static readonly IReadOnlyList<string> Errors =
        [EpochNotOver.Signature, EpochPassed.Signature, InvalidRoot.Signature];

    private readonly FunctionTable functions = new FunctionTable()
        .Add(Publish, (frame, args) => Put(frame, (ulong)args.Number(0), args.Word(1), args.Number(2)))
        .Add(RootOf, (frame, args) => Read(frame, args.Address(0), (ulong)args.Number(1)))
        .Add(LastEpoch, (frame, args) =>
        {
            var after = frame.Load(LastSlot(args.Address(0)));
            return [!after.IsZero, after.IsZero ? after : after - 1UL];
        })
        .Add(LeafOf, (frame, args) =>
        {
            ChargeHashes(frame, 1);
            return [ReceiptTree.Leaf(args.Word(0), args.Word(1))];
        })
        .Add(Verify, (frame, args) =>
        [
            Includes(
                frame, args.Address(0), (ulong)args.Number(1), args.Word(2), args.Number(3), Proof(args.Items(4))),
        ])
        .Add(EpochLength, (_, _) => [(UInt256)EpochSeconds]);

    public Address Address => SystemContracts.ReceiptRoots;

    public IReadOnlyList<AbiFunction> Functions => functions.Functions;

    public byte[] Execute(CallFrame frame) => functions.Execute(frame);

    /// <summary>Whether the leaf stands in what the provider published; for other system contracts too.</summary>
    internal static bool Includes(
        CallFrame frame, Address provider, ulong epoch, Hash256 leaf, UInt256 index, IReadOnlyList<Hash256> proof)
    {
        var entry = EntrySlot(provider, epoch);
        var root = Hash256.FromUInt256(frame.LoadOf(SystemContracts.ReceiptRoots, entry));
        var count = frame.LoadOf(SystemContracts.ReceiptRoots, SolidityLayout.Offset(entry, 1));
        if (root.IsZero || index >= count || proof.Count > ReceiptTree.MaxProof)
            return false;
        ChargeHashes(frame, (ulong)proof.Count);
        return ReceiptTree.Verify(root, (ulong)count, leaf, (ulong)index, proof);
    }

    internal static void ChargeHashes(CallFrame frame, ulong hashes) =>
        frame.Charge(hashes * (GasSchedule.Hash + (3 * GasSchedule.HashWord)));

    internal static IReadOnlyList<Hash256> Proof(CallArguments items) =>
        [.. Enumerable.Range(0, items.Count).Select(items.Word)];

    private static void Put(CallFrame frame, ulong epoch, Hash256 root, UInt256 count)
    {
        if (root.IsZero || count.IsZero || count > MaxCount)
            throw RevertException.Custom(InvalidRoot);
        if (epoch >= frame.Timestamp / EpochSeconds)
            throw RevertException.Custom(EpochNotOver, (UInt256)epoch);
        var last = LastSlot(frame.Caller);
        // The slot holds one more than the epoch, so that epoch 0 differs from none.
        if (epoch < frame.Load(last))
            throw RevertException.Custom(EpochPassed, frame.Load(last) - 1UL);
        frame.Store(last, (UInt256)epoch + 1UL);
        var entry = EntrySlot(frame.Caller, epoch);
        frame.Store(entry, root.ToUInt256());
        frame.Store(SolidityLayout.Offset(entry, 1), count);
        frame.Store(SolidityLayout.Offset(entry, 2), frame.Timestamp);
        frame.Emit(Published.Encode(frame.Caller, (UInt256)epoch, root, count));
    }

    private static object?[] Read(CallFrame frame, Address provider, ulong epoch)
    {
        var entry = EntrySlot(provider, epoch);
        return
        [
            Hash256.FromUInt256(frame.Load(entry)),
            frame.Load(SolidityLayout.Offset(entry, 1)),
            frame.Load(SolidityLayout.Offset(entry, 2)),
        ];
    }

    private static Hash256 LastSlot(Address provider) => SolidityLayout.Mapping(provider, SolidityLayout.Slot(0));

    private static Hash256 EntrySlot(Address provider, ulong epoch) =>
        SolidityLayout.Mapping((UInt256)epoch, SolidityLayout.Mapping(provider, SolidityLayout.Slot(1)));
}

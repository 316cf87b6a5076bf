using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Sdk.Chain;

/// <summary>What a provider published of an hour.</summary>
/// <param name="Root">Root of the tree of its receipts.</param>
/// <param name="Count">How many leaves the tree has, 1 to 2^32.</param>
/// <param name="PublishedAt">Unix time in seconds of the block.</param>
public sealed record ReceiptRoot(Hash256 Root, ulong Count, ulong PublishedAt);

/// <summary>
/// Typed client of the contract of receipt roots (specs/contracts/receipt-roots.md). Errors are those of
/// <see cref="EscrowClient"/>; the contract refuses a second root for an hour.
/// </summary>
public sealed class ReceiptRootsClient
{
    /// <summary>Seconds of an epoch: epoch e begins at Unix second e times this.</summary>
    public const ulong EpochSeconds = 3600;

    private static readonly AbiFunction Publish = AbiFunction.Parse("publish(uint64,bytes32,uint256)");
    private static readonly AbiFunction RootOf =
        AbiFunction.Parse("rootOf(address,uint64)(bytes32,uint256,uint256)");

    private static readonly AbiFunction Last = AbiFunction.Parse("lastEpoch(address)(bool,uint64)");
    private readonly ContractCalls calls;

    /// <summary>Makes a client.</summary>
    /// <param name="chain">The node.</param>
    /// <param name="sender">Sends the writes; null = reads only.</param>
    public ReceiptRootsClient(ChainClient chain, TransactionSender? sender = null) =>
        calls = new ContractCalls(chain, sender, SystemContractAddresses.ReceiptRoots);

    /// <summary>What a provider published of an epoch; null if nothing.</summary>
    public async Task<ReceiptRoot?> RootAsync(Address provider, ulong epoch, CancellationToken cancel = default)
    {
        var answer = await calls.ReadAsync(RootOf, cancel, provider, (UInt256)epoch).ConfigureAwait(false);
        var count = (UInt256)answer[1]!;
        return count.IsZero
            ? null
            : new ReceiptRoot((Hash256)answer[0]!, (ulong)count, (ulong)(UInt256)answer[2]!);
    }

    /// <summary>The newest epoch that a provider published; null if none.</summary>
    public async Task<ulong?> LastEpochAsync(Address provider, CancellationToken cancel = default)
    {
        var answer = await calls.ReadAsync(Last, cancel, provider).ConfigureAwait(false);
        return (bool)answer[0]! ? (ulong)(UInt256)answer[1]! : null;
    }

    /// <summary>Publishes the root of an epoch that is over, later than the last one.</summary>
    /// <param name="provider">The provider's own account; it pays the fee.</param>
    /// <param name="epoch">The hour.</param>
    /// <param name="root">Root of the tree; not zero.</param>
    /// <param name="count">Leaves of the tree, 1 to 2^32.</param>
    /// <param name="cancel">Stops the wait; it may still be published.</param>
    public Task<SentTransaction> PublishAsync(
        Address provider, ulong epoch, Hash256 root, ulong count, CancellationToken cancel = default) =>
        calls.SendAsync(
            provider, Publish.EncodeCall((UInt256)epoch, root, (UInt256)count), default, cancel);
}

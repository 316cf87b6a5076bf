using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Chain;

namespace Aitbc.Sdk.X402;

/// <summary>Reads and puts signed transfers of AIT on the chain (EIP-3009, specs/contracts/token.md).</summary>
/// <param name="chain">The node.</param>
/// <param name="sender">Sends for the account that pays the fees.</param>
public sealed class TransferChain(ChainClient chain, TransactionSender sender)
{
    // What is asked about is at most as old as answers are kept.
    private const ulong RecentBlocks = 4_000;

    private static readonly AbiFunction Transfer = AbiFunction.Parse(
        "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)");

    private static readonly Hash256 UsedTopic =
        Keccak256.Hash("AuthorizationUsed(address,bytes32)"u8);

    private static readonly Hash256 TransferTopic = Keccak256.Hash("Transfer(address,address,uint256)"u8);

    /// <summary>What an account has, in atto-AIT.</summary>
    public Task<UInt256> BalanceAsync(Address account, CancellationToken cancel) => chain.BalanceAsync(account, cancel);

    /// <summary>Whether a nonce was used or cancelled.</summary>
    public async Task<bool> IsUsedAsync(Address from, Hash256 nonce, CancellationToken cancel) =>
        (bool)ChannelAbi.AuthorizationState.DecodeResult(await chain.CallAsync(
            new CallRequest(
                SystemContractAddresses.Token, ChannelAbi.AuthorizationState.EncodeCall(from, nonce)), cancel))[0]!;

    /// <summary>
    /// Throws <see cref="RpcException"/> or <see cref="TransactionRevertedException"/> if the chain refuses it.
    /// </summary>
    /// <param name="relayer">Who pays the fee.</param>
    /// <param name="a">What was signed.</param>
    /// <param name="signature">Its signature, 65 bytes.</param>
    /// <param name="cancel">Stops the wait; the transfer may still happen.</param>
    public async Task<TransactionReceipt> SendAsync(
        Address relayer, TokenAuthorization a, byte[] signature, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(a);
        var data = Transfer.EncodeCall(
            a.From, a.To, a.Value, (UInt256)a.ValidAfter, (UInt256)a.ValidBefore, a.Nonce, signature);
        var sent = await sender.SendAsync(relayer, new CallRequest(SystemContractAddresses.Token, data), cancel);
        return sent.Receipt.Succeeded ? sent.Receipt : throw new TransactionRevertedException(sent.Receipt, null);
    }

    /// <summary>The transaction of a recent block that moved just this; null if there is none.</summary>
    public async Task<Hash256?> FindAsync(TokenAuthorization a, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(a);
        var head = await chain.BlockNumberAsync(cancel);
        var used = await chain.LogsAsync(
            new LogFilter(
                head > RecentBlocks ? head - RecentBlocks : 0,
                head,
                SystemContractAddresses.Token,
                [UsedTopic, Topic(a.From), a.Nonce]),
            cancel);
        foreach (var log in used)
        {
            var receipt = await chain.ReceiptAsync(log.TransactionHash, cancel);
            if (receipt?.Logs.Any(l => IsTransfer(l, a)) == true)
                return log.TransactionHash;
        }

        return null;
    }

    private static bool IsTransfer(LogEntry log, TokenAuthorization a) =>
        log.Address == SystemContractAddresses.Token
        && log.Topics is [var kind, var from, var to] && kind == TransferTopic
        && from == Topic(a.From) && to == Topic(a.To)
        && log.Data.Length == 32 && UInt256.FromBigEndian(log.Data.Span) == a.Value;

    private static Hash256 Topic(Address address)
    {
        var word = new byte[32];
        address.CopyTo(word.AsSpan(12));
        return Hash256.FromBytes(word);
    }
}

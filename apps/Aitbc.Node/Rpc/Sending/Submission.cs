using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Rpc.Sending;

/// <summary>A raw transaction as it was read: with its sender, or why it cannot be.</summary>
internal sealed record Submission(Transaction? Transaction, Address Sender, RpcError? Refusal)
{
    /// <summary>Reads and recovers. Needs no state and no lock.</summary>
    public static Submission Read(byte[] raw)
    {
        if (!TransactionCodec.TryDecode(raw, out var transaction, out var error))
            return new Submission(null, default, RpcError.Rejected(Describe(error)));
        return transaction.TryRecoverSender(out var sender)
            ? new Submission(transaction, sender, null)
            : new Submission(null, default, RpcError.Rejected("invalid sender"));
    }

    private static string Describe(TransactionDecodeError error) => error switch
    {
        TransactionDecodeError.ReplayUnprotected =>
            "only replay-protected (EIP-155) transactions allowed over RPC",
        TransactionDecodeError.TypeNotSupported => "transaction type not supported",
        TransactionDecodeError.TooLarge => "oversized data: transaction size limit is 131072 bytes",
        TransactionDecodeError.InvalidSignature => "invalid transaction v, r, s values",
        _ => "rlp: the bytes are not a canonical signed transaction",
    };
}

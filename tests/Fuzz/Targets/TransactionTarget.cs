using Aitbc.Fuzz.Seeds;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Fuzz.Targets;

/// <summary>Signed transactions: never an exception, and what decodes encodes to the same bytes.</summary>
internal sealed class TransactionTarget : IFuzzTarget
{
    public string Name => "transaction";

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => LedgerSeeds.Transactions();

    public Allocation Bound { get; } = new(32 << 10, 50);

    public void Run(byte[] input)
    {
        var decoded = TransactionCodec.TryDecode(input, out var transaction, out var error);
        if (decoded != (error == TransactionDecodeError.None) || decoded != transaction is not null)
            throw new FuzzFailure("The error and the transaction contradict each other.");
        if (transaction is null)
            return;
        if (!transaction.Encode().Span.SequenceEqual(input))
            throw new FuzzFailure("It encodes to other bytes.");

        // A copy has no bytes of its own yet and is encoded anew.
        var anew = transaction with { Nonce = transaction.Nonce };
        if (!anew.Encode().Span.SequenceEqual(input) || anew.Hash != transaction.Hash)
            throw new FuzzFailure("Its fields encode to other bytes.");
        if (transaction.TryRecoverSender(out var sender) != anew.TryRecoverSender(out var again) || sender != again)
            throw new FuzzFailure("It has two senders.");
        _ = IntrinsicGas.Of(transaction);
    }
}

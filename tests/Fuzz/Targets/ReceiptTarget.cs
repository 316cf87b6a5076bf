using Aitbc.Fuzz.Seeds;
using Aitbc.Ledger.Blocks;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Fuzz.Targets;

/// <summary>Receipts as they are stored: an RlpException, or a receipt that encodes to the same bytes.</summary>
internal sealed class ReceiptTarget : IFuzzTarget
{
    public string Name => "receipt";

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => LedgerSeeds.Receipts();

    public Allocation Bound { get; } = new(16 << 10, 50);

    public void Run(byte[] input)
    {
        Receipt receipt;
        try
        {
            receipt = Receipt.DecodeStored(input);
        }
        catch (RlpException)
        {
            return;
        }

        if (!receipt.EncodeStored().AsSpan().SequenceEqual(input))
            throw new FuzzFailure("It encodes to other bytes.");
        _ = receipt.EncodeConsensus();
    }
}

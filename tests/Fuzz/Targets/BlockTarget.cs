using Aitbc.Fuzz.Seeds;
using Aitbc.Ledger.Blocks;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Fuzz.Targets;

/// <summary>Blocks: an RlpException, or a block that encodes to the same bytes.</summary>
internal sealed class BlockTarget : IFuzzTarget
{
    public string Name => "block";

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => LedgerSeeds.Blocks();

    public Allocation Bound { get; } = new(32 << 10, 100);

    public void Run(byte[] input)
    {
        Block block;
        try
        {
            block = Block.Decode(input);
        }
        catch (RlpException)
        {
            return;
        }

        if (!block.Encode().AsSpan().SequenceEqual(input))
            throw new FuzzFailure("It encodes to other bytes.");
        if (Block.DecodeHeader(input).Hash() != block.Header.Hash())
            throw new FuzzFailure("Its header alone is another.");
        _ = block.Consensus.Hash();
    }
}

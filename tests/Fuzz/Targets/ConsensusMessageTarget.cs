using Aitbc.Consensus.Bft.Messages;
using Aitbc.Fuzz.Seeds;

namespace Aitbc.Fuzz.Targets;

/// <summary>Messages among validators: never an exception, and what decodes encodes to the same bytes.</summary>
internal sealed class ConsensusMessageTarget : IFuzzTarget
{
    public string Name => "consensus-message";

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => WireSeeds.Consensus();

    public Allocation Bound { get; } = new(16 << 10, 20);

    public void Run(byte[] input)
    {
        if (MessageCodec.TryDecode(input, out var message)
            && !MessageCodec.Encode(message).AsSpan().SequenceEqual(input))
            throw new FuzzFailure("It encodes to other bytes.");
    }
}

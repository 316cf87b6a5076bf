using Aitbc.Fuzz.Seeds;
using Aitbc.Node.Network.Redis;

namespace Aitbc.Fuzz.Targets;

/// <summary>Messages on a Redis channel: never an exception; what decodes encodes to the same bytes.</summary>
internal sealed class RedisMessageTarget : IFuzzTarget
{
    public string Name => "redis-message";

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => LinkSeeds.Redis();

    public Allocation Bound { get; } = new(16 << 10, 20);

    public void Run(byte[] input)
    {
        if (!RedisMessage.TryDecode(input, out var message))
            return;
        if (!message.Encode(before: 0).AsSpan().SequenceEqual(input))
            throw new FuzzFailure("It encodes to other bytes.");
        var reassembly = new Reassembly(TimeProvider.System);
        if (reassembly.Add(message) is { } whole && !whole.Span.SequenceEqual(message.Piece.Span))
            throw new FuzzFailure("A message of one piece is not that piece.");
    }
}

using Aitbc.Fuzz.Seeds;
using Aitbc.Node.Network.Links.Wire;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// Bytes on a link behind TLS: frames or a fault of the peer, whatever the pieces; what decodes encodes to the same.
/// </summary>
internal sealed class LinkFrameTarget : IFuzzTarget
{
    public string Name => "link-frames";

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => LinkSeeds.Frames();

    public IReadOnlyList<byte[]> Words { get; } =
        [[0, 0, 0, 1, 0, 2], [0, 64, 0, 0, 1], [0, 0, 16, 0, 0], [0, 0, 0, 0, 3]];

    public Allocation Bound { get; } = new(48 << 10, 20);

    public void Run(byte[] input)
    {
        // The pieces depend on the input alone, so that a case can be repeated.
        var piece = input.Length == 0 ? 1 : 1 + (input[^1] % 64);
        var assembler = new FrameAssembler();
        var taken = 0;
        try
        {
            for (var at = 0; at < input.Length; at += piece)
            {
                var bytes = (ReadOnlySpan<byte>)input.AsSpan(at, Math.Min(piece, input.Length - at));
                while (assembler.TryTake(ref bytes, out var frame))
                    taken = Check(input, taken, frame);
                if (!bytes.IsEmpty)
                    throw new FuzzFailure("It leaves bytes that are no whole frame.");
            }
        }
        catch (LinkFault)
        {
            // The promise: the peer is cut.
        }
    }

    private static int Check(byte[] input, int from, Frame frame)
    {
        var payload = frame.Payload.Span;
        if (payload.Length > Frame.Longest(frame.Class))
            throw new FuzzFailure("It takes a payload longer than the bound.");
        if (!input.AsSpan(from + Frame.HeaderLength, payload.Length).SequenceEqual(payload))
            throw new FuzzFailure("The payload is not what came.");
        if (frame.Class == Frame.Control && payload.Length > 1)
            CheckControl(payload[1..]);
        return from + Frame.HeaderLength + payload.Length;
    }

    private static void CheckControl(ReadOnlySpan<byte> content)
    {
        if (Hello.TryDecode(content, out var hello) && !hello.Encode().AsSpan().SequenceEqual(content))
            throw new FuzzFailure("A hello encodes to other bytes.");
        if (AddressList.TryDecode(content, out var list) && list.Count > AddressList.Most)
            throw new FuzzFailure("A list of addresses is longer than the bound.");
    }
}

using Aitbc.Fuzz.Seeds;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Fuzz.Targets;

/// <summary>Items of any kind: what is read is written to the same bytes.</summary>
internal sealed class RlpTarget : IFuzzTarget
{
    // The reader does not nest by itself; who walks a tree of lists bounds its depth.
    private const int Deepest = 64;

    public string Name => "rlp";

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => TextSeeds.Rlp;

    public Allocation Bound { get; } = new(32 << 10, 20);

    public void Run(byte[] input)
    {
        var writer = new RlpWriter(Math.Max(input.Length, 16));
        try
        {
            var reader = new RlpReader(input);
            while (!reader.IsEnd)
                Copy(ref reader, writer, 0);
        }
        catch (RlpException)
        {
            Typed(input);
            return;
        }

        if (!writer.Written.SequenceEqual(input))
            throw new FuzzFailure("What was read is written to other bytes.");
        Typed(input);
    }

    private static void Copy(ref RlpReader reader, RlpWriter writer, int depth)
    {
        if (!reader.NextIsList)
        {
            writer.Write(reader.ReadBytes());
            return;
        }

        if (depth == Deepest)
        {
            writer.WriteRaw(reader.ReadItem());
            return;
        }

        var items = reader.ReadList();
        var list = writer.StartList();
        while (!items.IsEnd)
            Copy(ref items, writer, depth + 1);
        writer.EndList(list);
    }

    // The first item read as each type.
    private static void Typed(ReadOnlySpan<byte> input)
    {
        for (var kind = 0; kind < 7; kind++)
        {
            var writer = new RlpWriter(64);
            var reader = new RlpReader(input);
            try
            {
                switch (kind)
                {
                    case 0:
                        writer.Write(reader.ReadUInt64());
                        break;
                    case 1:
                        writer.Write(reader.ReadUInt256());
                        break;
                    case 2:
                        writer.Write(reader.ReadAddress());
                        break;
                    case 3:
                        writer.Write(reader.ReadOptionalAddress());
                        break;
                    case 4:
                        writer.Write(reader.ReadHash());
                        break;
                    case 5:
                        writer.Write(reader.ReadBytes(256));
                        break;
                    default:
                        writer.WriteRaw(reader.ReadItem());
                        break;
                }
            }
            catch (RlpException)
            {
                continue;
            }

            if (!input.StartsWith(writer.Written))
                throw new FuzzFailure($"A value of kind {kind} is written to other bytes.");
        }
    }
}

using System.Text;

namespace Aitbc.Script;

/// <summary>
/// One script and its bounds, as the provider writes it to the standard input of a process that runs nothing else.
/// </summary>
internal sealed record ScriptRequest(
    byte[] Script,
    byte[] Input,
    string Seed,
    long MaxStatements,
    long MaxMemoryBytes,
    int MaxOutputBytes,
    int MaxWallMs)
{
    private const int Largest = 64 << 20;

    public void WriteTo(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Script.Length);
        writer.Write(Script);
        writer.Write(Input.Length);
        writer.Write(Input);
        writer.Write(Seed);
        writer.Write(MaxStatements);
        writer.Write(MaxMemoryBytes);
        writer.Write(MaxOutputBytes);
        writer.Write(MaxWallMs);
    }

    /// <summary>Throws <see cref="IOException"/> when the stream ends before the request does.</summary>
    public static ScriptRequest ReadFrom(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        return new ScriptRequest(
            Blob(reader), Blob(reader), reader.ReadString(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(),
            reader.ReadInt32());
    }

    private static byte[] Blob(BinaryReader reader)
    {
        var length = reader.ReadInt32();
        if (length is < 0 or > Largest)
            throw new InvalidDataException("A blob has an impossible length.");
        var bytes = new byte[length];
        reader.BaseStream.ReadExactly(bytes);
        return bytes;
    }
}

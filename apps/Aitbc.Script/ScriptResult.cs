using System.Text;

namespace Aitbc.Script;

/// <summary>How a script ended, as its process writes it to its standard output.</summary>
internal sealed record ScriptResult(ScriptEnd End, string Detail, long Statements, byte[] Output)
{
    private const int LongestDetail = 300;

    public void WriteTo(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write((byte)End);
        writer.Write(Detail.Length <= LongestDetail ? Detail : Detail[..LongestDetail]);
        writer.Write(Statements);
        writer.Write(Output.Length);
        writer.Write(Output);
    }

    /// <summary>Throws <see cref="IOException"/> for anything that is no whole result within its bound.</summary>
    public static ScriptResult ReadFrom(Stream stream, int maxOutputBytes)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        var end = (ScriptEnd)reader.ReadByte();
        var detail = reader.ReadString();
        var statements = reader.ReadInt64();
        var length = reader.ReadInt32();
        if (!Enum.IsDefined(end) || detail.Length > LongestDetail || statements < 0 || length < 0
            || length > maxOutputBytes)
            throw new InvalidDataException("The result is out of its bounds.");
        var output = new byte[length];
        stream.ReadExactly(output);
        return new ScriptResult(end, detail, statements, output);
    }
}

/// <summary>The ends of a script.</summary>
internal enum ScriptEnd : byte
{
    Completed,
    Invalid,
    Threw,
    StatementsExhausted,
    MemoryExceeded,
    OutputExceeded,
    StackExhausted,
    TimeExceeded,
}

using System.Buffers.Binary;
using System.Text;

namespace Aitbc.Provider.Answers;

/// <summary>
/// An ended answer on the disk: three lines with its head, then each event after its length. It is written under
/// another name and given its own when it is whole. It is not synced: a loss of power may lose it, and then it is owed.
/// </summary>
internal static class AnswerFile
{
    public static void Write(
        string path, LiveAnswer answer, AnswerHead head, IReadOnlyList<ReadOnlyMemory<byte>> last)
    {
        var draft = path + ".draft";
        using (var file = File.Create(draft, 64 * 1024))
        {
            file.Write(Encoding.ASCII.GetBytes(
                $"{head.MediaType}\n{(head.IsStream ? "stream" : "whole")}\n{head.PaymentResponse}\n"));
            Span<byte> length = stackalloc byte[4];
            foreach (var data in answer.All().Concat(last))
            {
                BinaryPrimitives.WriteInt32LittleEndian(length, data.Length);
                file.Write(length);
                file.Write(data.Span);
            }
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>Null if there is none, or none that is whole.</summary>
    public static LiveAnswer? Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (IOException)
        {
            return null;
        }

        var rest = bytes.AsMemory();
        if (Line(ref rest) is not { } type || Line(ref rest) is not { } kind || Line(ref rest) is not { } response)
            return null;
        var answer = new LiveAnswer(Path.GetFileNameWithoutExtension(path));
        answer.Open(new AnswerHead(type, kind == "stream", response));
        while (rest.Length >= 4)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(rest.Span);
            if (length < 0 || length > rest.Length - 4)
                return null;
            answer.Append(rest.Slice(4, length));
            rest = rest[(4 + length)..];
        }

        answer.End();
        return answer;
    }

    private static string? Line(ref Memory<byte> rest)
    {
        var end = rest.Span.IndexOf((byte)'\n');
        if (end < 0)
            return null;
        var line = Encoding.ASCII.GetString(rest.Span[..end]);
        rest = rest[(end + 1)..];
        return line;
    }
}

using System.Buffers;
using System.Text.Json;

namespace Aitbc.Node.Rpc.Protocol;

/// <summary>
/// One answer, or the answers of one batch, while they are written: rented memory under a JSON writer. What a method
/// wrote before it failed is taken back.
/// </summary>
/// <param name="most">Bytes that results may take together; errors are written all the same.</param>
internal sealed class Answer(int most) : IBufferWriter<byte>, IDisposable
{
    private const int FirstBytes = 1024;
    private static readonly JsonWriterOptions Unchecked = new() { SkipValidation = true };

    private byte[] buffer = ArrayPool<byte>.Shared.Rent(FirstBytes);
    private Utf8JsonWriter? writer;
    private bool isError;

    public ReadOnlyMemory<byte> Written => buffer.AsMemory(0, Length);

    public int Length { get; private set; }

    public bool IsFull => Length >= most;

    /// <summary>The refusal of whatever comes after the bound.</summary>
    public RpcError Exceeded() => RpcError.TooMuch($"the answer exceeds {most} bytes");

    /// <summary>Begins an object with id; the result is written next.</summary>
    public Utf8JsonWriter BeginResult(JsonElement id)
    {
        var json = Begin(id);
        json.WritePropertyName("result"u8);
        return json;
    }

    /// <summary>Ends what <see cref="BeginResult"/> began.</summary>
    public void EndResult()
    {
        writer!.WriteEndObject();
        writer.Flush();
        Check();
    }

    /// <summary>Takes back everything after a length that was reached before.</summary>
    public void TakeBack(int length)
    {
        writer?.Reset();
        Length = length;
    }

    public void Error(JsonElement id, RpcError error)
    {
        isError = true;
        var json = Begin(id);
        json.WriteStartObject("error"u8);
        error.WriteTo(json);
        json.WriteEndObject();
        EndResult();
        isError = false;
    }

    /// <summary>A message that answers nothing: the JSON writer, reset.</summary>
    public Utf8JsonWriter BeginMessage()
    {
        writer ??= new Utf8JsonWriter(this, Unchecked);
        writer.Reset();
        return writer;
    }

    /// <summary>A byte between the answers of a batch.</summary>
    public void Append(byte value)
    {
        isError = true;
        GetSpan(1)[0] = value;
        isError = false;
        Advance(1);
    }

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return buffer.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return buffer.AsSpan(Length);
    }

    public void Dispose()
    {
        writer?.Dispose();
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = [];
        Length = 0;
    }

    private Utf8JsonWriter Begin(JsonElement id)
    {
        var json = BeginMessage();
        json.WriteStartObject();
        json.WriteString("jsonrpc"u8, "2.0"u8);
        json.WritePropertyName("id"u8);
        if (id.ValueKind is JsonValueKind.Number or JsonValueKind.String)
            json.WriteRawValue(System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(id), true);
        else
            json.WriteNullValue();
        return json;
    }

    // The writer asks for more than it needs, so what counts is what was written.
    private void Check()
    {
        if (Length > most && !isError)
            throw Exceeded();
    }

    private void Reserve(int size)
    {
        var wanted = Length + Math.Max(size, 1);
        if (wanted <= buffer.Length)
            return;
        Check();
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, 2 * buffer.Length));
        buffer.AsSpan(0, Length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(buffer);
        buffer = larger;
    }
}

using System.Buffers;
using System.IO.Pipelines;

namespace Aitbc.Sdk.Link;

/// <summary>The data of one direction of a stream; what is read gives the other side credit.</summary>
internal sealed class LinkBody(LinkStream owner, PipeReader reader) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0)
            return 0;
        var result = await reader.ReadAsync(cancellationToken).ConfigureAwait(false);
        var part = result.Buffer.Slice(0, Math.Min(buffer.Length, result.Buffer.Length));
        var length = (int)part.Length;
        part.CopyTo(buffer.Span);
        reader.AdvanceTo(part.End);
        if (length > 0)
            owner.Consumed(length);
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        throw new NotSupportedException("A link is read asynchronously.");

    public override void Flush()
    {
        // There is nothing to flush in what is read.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}

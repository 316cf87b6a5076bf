using System.Buffers;
using System.IO.Pipelines;

namespace Aitbc.Provider.Engines.Models;

/// <summary>
/// Reads the body of an answer with bounds on a line and on the whole, so that a server gone wild cannot fill this
/// process. Throws <see cref="ResponseTooLargeException"/> beyond them.
/// </summary>
internal sealed class BoundedBody(Stream body, int maxLineBytes, long maxBytes) : IAsyncDisposable
{
    private readonly PipeReader _reader = PipeReader.Create(body);
    private long _left = maxBytes;

    /// <summary>
    /// The next line without its end, or null after the last one. What follows the last end of line counts as a line.
    /// </summary>
    public async ValueTask<byte[]?> LineAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellation);
            var buffer = read.Buffer;
            if (buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = buffer.Slice(0, end);
                Take(line.Length + 1);
                var bytes = line.ToArray();
                _reader.AdvanceTo(buffer.GetPosition(1, end));
                return bytes is [.., (byte)'\r'] ? bytes[..^1] : bytes;
            }

            if (read.IsCompleted)
            {
                Take(buffer.Length);
                var rest = buffer.ToArray();
                _reader.AdvanceTo(buffer.End);
                return rest.Length > 0 ? rest : null;
            }

            if (buffer.Length > maxLineBytes)
                throw new ResponseTooLargeException();
            _reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    /// <summary>All that is left.</summary>
    public async Task<byte[]> RestAsync(CancellationToken cancellation)
    {
        while (true)
        {
            var read = await _reader.ReadAsync(cancellation);
            if (read.Buffer.Length > _left)
                throw new ResponseTooLargeException();
            if (read.IsCompleted)
            {
                var bytes = read.Buffer.ToArray();
                _reader.AdvanceTo(read.Buffer.End);
                return bytes;
            }

            _reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    public ValueTask DisposeAsync() => _reader.CompleteAsync();

    private void Take(long bytes)
    {
        if (bytes > maxLineBytes || (_left -= bytes) < 0)
            throw new ResponseTooLargeException();
    }
}

/// <summary>An answer passed its bound in bytes.</summary>
internal sealed class ResponseTooLargeException() : IOException("The answer of the server is too large.");

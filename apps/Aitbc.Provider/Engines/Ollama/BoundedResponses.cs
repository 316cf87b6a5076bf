namespace Aitbc.Provider.Engines.Ollama;

/// <summary>
/// Cuts an answer that is longer than allowed, so that a server gone wild cannot fill this process; throws on
/// refusals.
/// </summary>
internal sealed class BoundedResponses(int maxBytes, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (!response.IsSuccessStatusCode)
        {
            // Thrown here, because the library makes exceptions of different types of them.
            using (response)
                throw new HttpRequestException("The server refused.", null, response.StatusCode);
        }

        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bounded = new StreamContent(new BoundedStream(body, maxBytes));
        foreach (var header in response.Content.Headers)
            bounded.Headers.TryAddWithoutValidation(header.Key, header.Value);
        response.Content = bounded;
        return response;
    }

    private sealed class BoundedStream(Stream inner, int maxBytes) : Stream
    {
        private long _left = maxBytes;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Count(inner.Read(buffer, offset, count));

        public override async ValueTask<int> ReadAsync(
            Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Count(await inner.ReadAsync(buffer, cancellationToken));

        public override Task<int> ReadAsync(
            byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override void Flush() { }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                inner.Dispose();
            base.Dispose(disposing);
        }

        private int Count(int read) => (_left -= read) >= 0 ? read : throw new ResponseTooLargeException();
    }
}

/// <summary>An answer passed its bound in bytes.</summary>
internal sealed class ResponseTooLargeException() : IOException("The answer of the server is too large.");

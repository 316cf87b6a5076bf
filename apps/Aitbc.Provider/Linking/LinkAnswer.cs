using System.IO.Pipelines;
using Aitbc.Sdk.Link;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Aitbc.Provider.Linking;

/// <summary>The answer of a door as it goes over the link: the head with the first byte, data as it is made.</summary>
internal sealed class LinkAnswer : IHttpResponseFeature, IHttpResponseBodyFeature, IHttpRequestLifetimeFeature,
    IHttpRequestBodyDetectionFeature
{
    private readonly LinkStream _stream;
    private readonly List<(Func<object, Task> Callback, object State)> _starting = [];

    public LinkAnswer(LinkStream stream)
    {
        _stream = stream;
        Stream = new Outgoing(this);
        Writer = PipeWriter.Create(Stream);
        RequestAborted = stream.Ended;
    }

    public int StatusCode { get; set; } = StatusCodes.Status200OK;

    public string? ReasonPhrase { get; set; }

    public IHeaderDictionary Headers { get; set; } = new HeaderDictionary();

    public Stream Body
    {
        get => Stream;
        set => throw new NotSupportedException("The answers of the link have one body.");
    }

    public bool HasStarted { get; private set; }

    public Stream Stream { get; }

    public PipeWriter Writer { get; }

    public CancellationToken RequestAborted { get; set; }

    public bool CanHaveBody => _stream.Request.Method == HttpMethods.Post;

    public void OnStarting(Func<object, Task> callback, object state) => _starting.Add((callback, state));

    public void OnCompleted(Func<object, Task> callback, object state)
    {
        // The doors register nothing for later.
    }

    public void DisableBuffering()
    {
        // Nothing is buffered.
    }

    public Task SendFileAsync(string path, long offset, long? count, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException("The doors send no files.");

    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (HasStarted)
            return;
        HasStarted = true;
        for (var i = _starting.Count - 1; i >= 0; i--)
            await _starting[i].Callback(_starting[i].State);
        await _stream.RespondAsync(new LinkResponse(
            StatusCode, Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
    }

    public async Task CompleteAsync()
    {
        await StartAsync();
        await Writer.FlushAsync();
        _stream.Complete();
    }

    public void Abort() => _stream.End(LinkEndedException.Failed);

    private sealed class Outgoing(LinkAnswer answer) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(
            ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await answer.StartAsync(cancellationToken);
            await answer._stream.WriteAsync(buffer, cancellationToken);
        }

        public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
            WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

        public override Task FlushAsync(CancellationToken cancellationToken) => answer.StartAsync(cancellationToken);

        public override void Flush()
        {
            // What is written goes out at once.
        }

        public override void Write(byte[] buffer, int offset, int count) =>
            throw new NotSupportedException("A link is written asynchronously.");

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

using System.Net.WebSockets;
using System.Text.Unicode;
using Aitbc.Fuzz.Running;
using Aitbc.Fuzz.Seeds;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// Messages on an open WebSocket, text or binary by their first bit, in fragments by the next two. A request whose
/// answer is known follows each: it is answered, so the message was survived, and all answers before are well formed.
/// Only text that is not UTF-8 may end the connection instead (RFC 6455, section 8.1).
/// </summary>
internal sealed class WebSocketMessageTarget : IFuzzTarget
{
    private const int MostAnswers = 10_000;
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(60);
    private static readonly byte[] Probe = """{"jsonrpc":"2.0","id":"probe","method":"net_version"}"""u8.ToArray();
    private static readonly byte[] Known = """{"jsonrpc":"2.0","id":"probe","result":"7777"}"""u8.ToArray();

    private readonly FuzzNode node = new();
    private readonly byte[] received = new byte[64 * 1024];
    private ClientWebSocket? socket;

    public string Name => "websocket-message";

    public IReadOnlyList<byte[]> Words => RpcSeeds.Words;

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => WireSeeds.Messages;

    public Allocation Bound { get; } = new(4 << 20, 1_000, ByProcess: true);

    public void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        try
        {
            RunAsync(input).GetAwaiter().GetResult();
        }
        catch (WebSocketException) when (IsText(input) && !Utf8.IsValid(input.AsSpan(1)))
        {
            socket!.Dispose();
            socket = null;
        }

        node.CheckErrors();
    }

    public void Dispose()
    {
        socket?.Dispose();
        node.Dispose();
    }

    private static bool IsText(byte[] input) => (input[0] & 1) == 0;

    private async Task RunAsync(byte[] input)
    {
        using var late = new CancellationTokenSource(TooLong);
        if (socket is not { State: WebSocketState.Open })
        {
            socket?.Dispose();
            socket = new ClientWebSocket();
            await socket.ConnectAsync(new UriBuilder(node.Url) { Scheme = "ws" }.Uri, late.Token);
        }

        var type = IsText(input) ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        var fragments = 1 + ((input[0] >> 1) & 3);
        var message = input.AsMemory(1);
        for (var i = 0; i < fragments; i++)
        {
            var (from, to) = (message.Length * i / fragments, message.Length * (i + 1) / fragments);
            await socket.SendAsync(message[from..to], type, i == fragments - 1, late.Token);
        }

        await socket.SendAsync(Probe, WebSocketMessageType.Text, true, late.Token);
        for (var answers = 0; answers < MostAnswers; answers++)
        {
            var answer = await ReceiveAsync(late.Token);
            if (answer.Span.SequenceEqual(Known))
                return;
            AnswerCheck.CheckMessage(answer);
        }

        throw new FuzzFailure("The request after the message is not answered.");
    }

    private async Task<ReadOnlyMemory<byte>> ReceiveAsync(CancellationToken cancel)
    {
        using var whole = new MemoryStream();
        while (true)
        {
            var part = await socket!.ReceiveAsync(received.AsMemory(), cancel);
            if (part.MessageType == WebSocketMessageType.Close)
                throw new WebSocketException($"closed: {socket.CloseStatus} {socket.CloseStatusDescription}");
            whole.Write(received.AsSpan(0, part.Count));
            if (part.EndOfMessage)
                return whole.ToArray();
        }
    }
}

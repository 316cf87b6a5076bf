using System.Text;
using Aitbc.Fuzz.Running;
using Aitbc.Fuzz.Seeds;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// Raw bytes behind the handshake of a WebSocket, each time on a new connection: the node serves the next one.
/// </summary>
internal sealed class WebSocketFramesTarget : IFuzzTarget
{
    private readonly FuzzNode node = new();
    private readonly byte[] handshake;

    public WebSocketFramesTarget() => handshake = Encoding.ASCII.GetBytes(
        $"GET / HTTP/1.1\r\nHost: {node.Url.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");

    public string Name => "websocket-frames";

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => WireSeeds.Frames;

    public Allocation Bound { get; } = new(4 << 20, 1_000, ByProcess: true);

    public void Run(byte[] input)
    {
        RawConnection.SendAsync(node.Url, handshake, input).GetAwaiter().GetResult();
        node.CheckErrors();
    }

    public void Dispose() => node.Dispose();
}

using System.Net.Sockets;
using System.Text;

namespace Aitbc.Fuzz.Running;

/// <summary>
/// Raw bytes on a connection of their own. The node answers or closes; either way the connection ends once this side
/// has ended, with a bounded answer.
/// </summary>
internal static class RawConnection
{
    private const int MostAnswered = 64 << 20;
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(60);

    /// <param name="url">The node.</param>
    /// <param name="handshake">Sent first; its answer must begin with the expected text. Null: nothing.</param>
    /// <param name="input">The bytes.</param>
    /// <returns>The beginning of what came back.</returns>
    public static async Task<string> SendAsync(Uri url, byte[]? handshake, byte[] input)
    {
        using var late = new CancellationTokenSource(TooLong);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
        var received = new byte[16 * 1024];
        await socket.ConnectAsync(url.Host, url.Port, late.Token);
        if (handshake is not null)
        {
            await socket.SendAsync(handshake, late.Token);
            var first = await socket.ReceiveAsync(received.AsMemory(), late.Token);
            if (!received.AsSpan(0, first).StartsWith("HTTP/1.1 101 "u8))
                throw new FuzzFailure($"No handshake: {Encoding.ASCII.GetString(received, 0, first)}");
        }

        var beginning = "";
        try
        {
            await socket.SendAsync(input, late.Token);
            socket.Shutdown(SocketShutdown.Send);
            long answered = 0;
            for (var read = 1; read > 0; answered += read)
            {
                read = await socket.ReceiveAsync(received.AsMemory(), late.Token);
                if (answered == 0)
                    beginning = Encoding.ASCII.GetString(received, 0, Math.Min(read, 256));
                if (answered > MostAnswered)
                    throw new FuzzFailure($"More than {MostAnswered} bytes are answered.");
            }
        }
        catch (SocketException e) when (e.SocketErrorCode
            is SocketError.ConnectionReset or SocketError.Shutdown or SocketError.ConnectionAborted)
        {
            // Cut off while it still sent: the node does not listen to who breaks the protocol.
        }

        return beginning;
    }
}

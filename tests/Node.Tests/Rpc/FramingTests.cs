using System.Net.Sockets;
using System.Text;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

/// <summary>Bodies that are not what HTTP or JSON say are refused with an answer.</summary>
public sealed class FramingTests : NodeTest
{
    [Theory]
    [InlineData("Transfer-Encoding: chunked", "2\r\n[]x\r\n0\r\n\r\n")]
    [InlineData("Transfer-Encoding: chunked", "zz\r\n")]
    public async Task A_body_that_is_not_framed_as_announced_is_answered_with_400(string header, string body)
    {
        var answer = await SendAsync(header, body);
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("-32600", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_body_that_is_not_utf8_is_a_parse_error_and_its_id_does_not_come_back()
    {
        const string body = "{\"id\":\"\u00b6\",\"method\":\"eth_chainId\"}";
        var answer = await SendAsync($"Content-Length: {body.Length}", body);
        Assert.StartsWith("HTTP/1.1 200 ", answer, StringComparison.Ordinal);
        Assert.Contains("-32700", answer, StringComparison.Ordinal);
        Assert.Contains("\"id\":null", answer, StringComparison.Ordinal);
    }

    private async Task<string> SendAsync(string header, string body)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(Node.Url.Host, Node.Url.Port);
        await socket.SendAsync(Encoding.Latin1.GetBytes(
            $"POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{header}\r\n\r\n{body}"));
        using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream);
        return await reader.ReadToEndAsync();
    }
}

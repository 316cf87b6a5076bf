using System.Net;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Testing;
using Microsoft.Extensions.Time.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

/// <summary>Bounds of specs/rpc.md, section 1, that are small numbers here so that a test reaches them.</summary>
public sealed class BoundTests : NodeTest
{
    private const string Request = "{\"id\":1,\"method\":\"eth_chainId\"}";
    private const string Token = "0x0000000000000000000000000000000000001001";

    protected override void Configure(NodeOptions options)
    {
        options.MaxLogs = 3;
        options.MaxFeeHistory = 2;
        options.MaxConnections = 1;
        options.MaxHttpConnections = 8;
        options.MaxRecoveryHelpers = 0;
        options.AllowedHosts = ["node.example"];
        options.AllowedOrigins = ["https://wallet.example"];
    }

    [Fact]
    public async Task A_log_query_with_too_many_logs_is_refused_whole_and_fewer_blocks_are_answered()
    {
        using var key = TestAccounts.Key(0);
        // Four are read ahead, by the batch's own thread: there are no helpers here.
        var batch = new JsonArray();
        for (var nonce = 0UL; nonce < 4; nonce++)
        {
            var call = TestAccounts.Transfer(0, nonce, Aitbc.Primitives.Address.Parse(Token), 0, gas: 200_000);
            var signed = (call with
            {
                Data = Convert.FromHexString("a9059cbb" + new string('0', 62) + "aa" + new string('0', 63) + "1"),
                Signature = null,
            }).Sign(key);
            batch.Add(TestNode.Request((int)nonce, "eth_sendRawTransaction", Hex(signed.Bytes())));
        }

        var hashes = ((JsonArray)(await Node.PostAsync(batch.ToJsonString()))!).Select(a => (string)a!["result"]!);
        foreach (var hash in hashes.ToList())
            await Node.ReceiptAsync(hash);
        var error = (await Node.AnswerAsync("eth_getLogs", new JsonObject { ["fromBlock"] = "0x0" }))["error"]!;
        Assert.Equal(-32005, (int)error["code"]!);
        Assert.Contains("more than 3 results", (string)error["message"]!, StringComparison.Ordinal);
        var none = await Node.CallAsync("eth_getLogs", new JsonObject { ["fromBlock"] = "0x0", ["toBlock"] = "0x0" });
        Assert.Empty(none!.AsArray());
    }

    [Fact]
    public async Task A_fee_history_is_shortened_and_too_many_percentiles_are_refused()
    {
        for (var nonce = 0UL; nonce < 3; nonce++)
            await TransferAsync(nonce);
        var history = (await Node.CallAsync("eth_feeHistory", "0x400", "latest", new JsonArray(50)))!;
        Assert.Equal("0x2", (string)history["oldestBlock"]!);
        Assert.Equal(3, history["baseFeePerGas"]!.AsArray().Count);
        Assert.Equal(2, history["reward"]!.AsArray().Count);
        var many = new JsonArray([.. Enumerable.Range(0, 101).Select(_ => (JsonNode)1)]);
        Assert.Equal(-32005, (int)(await Node.AnswerAsync("eth_feeHistory", "0x1", "latest", many))["error"]!["code"]!);
    }

    [Fact]
    public async Task Another_WebSocket_than_allowed_is_refused_until_one_is_closed()
    {
        using (var first = await Node.ConnectAsync())
        {
            using var second = new ClientWebSocket();
            second.Options.CollectHttpResponseDetails = true;
            var url = new UriBuilder(Node.Url) { Scheme = "ws" }.Uri;
            await Assert.ThrowsAsync<WebSocketException>(() => second.ConnectAsync(url, CancellationToken.None));
            Assert.Equal(HttpStatusCode.ServiceUnavailable, second.HttpStatusCode);
            await first.CloseAsync(WebSocketCloseStatus.NormalClosure, null, CancellationToken.None);
        }

        // The node has heard of the end when it lets the next one in.
        for (var tries = 0; ; tries++)
        {
            try
            {
                using var third = await Node.ConnectAsync();
                return;
            }
            catch (WebSocketException) when (tries < 1_000)
            {
                await Task.Yield();
            }
        }
    }

    [Fact]
    public async Task More_connections_than_allowed_are_closed_unanswered()
    {
        var open = new List<System.Net.Sockets.TcpClient>();
        try
        {
            var closed = 0;
            for (var i = 0; i < 24; i++)
            {
                var client = new System.Net.Sockets.TcpClient();
                open.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, Node.Url.Port);
                closed += await IsAnsweredAsync(client) ? 0 : 1;
            }

            Assert.InRange(closed, 24 - 8, 24);
        }
        finally
        {
            open.ForEach(client => client.Dispose());
        }
    }

    [Fact]
    public async Task Names_and_pages_that_the_operator_allows_are_answered_and_their_kin_are_not()
    {
        foreach (var (host, origin, status) in new[]
        {
            ("node.example:8006", "https://wallet.example", HttpStatusCode.OK),
            ("NODE.example", "https://WALLET.example", HttpStatusCode.OK),
            ("evil.node.example", "https://wallet.example", HttpStatusCode.Forbidden),
            ("node.example", "http://wallet.example", HttpStatusCode.Forbidden),
            ("node.example", "https://wallet.example.evil", HttpStatusCode.Forbidden),
        })
        {
            using var response = await Node.SendAsync(Request, host, origin);
            Assert.Equal((host, origin, status), (host, origin, response.StatusCode));
        }
    }

    [Fact]
    public void A_client_from_elsewhere_has_the_rate_and_burst_of_the_options()
    {
        var options = TestNode.OptionsIn(Folder);
        (options.ClientRate, options.ClientBurst) = (10, 40);
        var time = new FakeTimeProvider();
        var client = new ClientBudgets(options, time).Of(IPAddress.Parse("192.0.2.1"));
        Assert.True(client.TryTake(40, out _));
        Assert.False(client.TryTake(20, out var wait));
        Assert.Equal(2, wait.TotalSeconds, 3);
        time.Advance(wait);
        Assert.True(client.TryTake(20, out _));
    }

    private static async Task<bool> IsAnsweredAsync(System.Net.Sockets.TcpClient client)
    {
        try
        {
            var stream = client.GetStream();
            var http = $"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: {Request.Length}\r\n\r\n{Request}";
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(http));
            return await stream.ReadAsync(new byte[1024]) > 0;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static string Hex(byte[] bytes) => "0x" + Convert.ToHexStringLower(bytes);
}

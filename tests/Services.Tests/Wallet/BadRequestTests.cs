using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Aitbc.Sdk.Wallet;
using Services.Tests.Wallet.Payments;
using Xunit;

namespace Services.Tests.Wallet;

/// <summary>
/// Whatever malformed thing comes through the door, the answer is a problem with a code and a sentence, or an error of
/// JSON-RPC: never an internal error, never silence, and nothing of it is signed or counted.
/// </summary>
public sealed class BadRequestTests(BadRequestTests.Door door) : IClassFixture<BadRequestTests.Door>
{
    private const string Payee = "0x000000000000000000000000000000000000dEaD";
    private const string Pay = """ "method":"GET","url":"http://x/","maxAmount":"1" """;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Bodies => new()
    {
        { "nothing", "" },
        { "null", "null" },
        { "a number", "7" },
        { "a list", "[]" },
        { "half an object", "{\"label\":" },
        { "a trailing comma", "{\"label\":\"a\",}" },
        { "a comment", "{/* */\"label\":\"a\"}" },
        { "a member twice", "{\"label\":\"a\",\"label\":\"a\"}" },
        { "an unknown member", "{\"colour\":1}" },
        { "half a character", "{\"label\":\"\\ud800\"}" },
        { "a number without end", "{\"amount\":1e999999}" },
        { "nesting without end", new string('[', 5_000) },
        { "objects without end", string.Concat(Enumerable.Repeat("{\"a\":", 2_000)) },
        { "a zero byte", "{\"label\":\"a\0b\"}" },
        { "no text", "\u00ff\u00fe" },
    };

    public static TheoryData<string> Endpoints =>
    [
        "v1/accounts", "v1/accounts/import", "v1/accounts/export", "v1/unlock", "v1/budgets", "v1/sign/transaction",
        "v1/sign/message", "v1/sign/typed-data", "v1/pay", "v1/pay/1/result",
    ];

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Every_endpoint_refuses_every_body_that_is_none_of_its_own(string endpoint)
    {
        foreach (var (name, body) in Bodies.Select(b => b.Data))
        {
            var (status, code, text) = await door.PostAsync(endpoint, body);
            Assert.True((status, code) == (400, "invalid_request"), $"{name}: {status} {text}");
        }

        Assert.Equal((415, "unsupported_media_type"), Short(await door.PostAsync(endpoint, "{}", type: "text/plain")));
        var large = "{\"label\":\"" + new string('a', 600 * 1024) + "\"}";
        Assert.Equal((413, "body_too_large"), Short(await door.PostAsync(endpoint, large)));
        Assert.Equal((413, "body_too_large"), Short(await door.PostAsync(endpoint, large, isChunked: true)));
        Assert.Equal(405, (await door.World.Wallet.RawAsync(HttpMethod.Delete, endpoint)).Status);
    }

    [Theory]
    [InlineData("v1/budgets", """{"label":"a b","limits":{"amount":"1"},"account":"ACCOUNT"}""", 400)]
    [InlineData("v1/budgets", """{"label":"a","limits":{"amount":"0"},"account":"ACCOUNT"}""", 400)]
    [InlineData("v1/budgets", """{"label":"a","limits":{"amount":"-1"},"account":"ACCOUNT"}""", 400)]
    [InlineData("v1/budgets", """{"label":"a","limits":{"amount":1.5},"account":"ACCOUNT"}""", 400)]
    [InlineData("v1/budgets", """{"label":"a","limits":{},"account":"ACCOUNT"}""", 400)]
    [InlineData("v1/budgets", """{"label":"a","limits":{"amount":"1"}}""", 400)]
    [InlineData("v1/budgets", """{"label":"a","limits":{"amount":"1","period":"year"},"account":"ACCOUNT"}""", 400)]
    [InlineData("v1/budgets", """{"label":"a","limits":{"amount":"1","period":7},"account":"ACCOUNT"}""", 400)]
    [InlineData("v1/budgets", """{"label":"a","limits":{"amount":"1","ratePerMinute":0},"account":"ACCOUNT"}""", 400)]
    [InlineData("v1/budgets", """{"label":"a","limits":{"amount":"1","expiresAt":"soon"},"account":"ACCOUNT"}""", 400)]
    [InlineData(
        "v1/budgets",
        """{"label":"a","limits":{"amount":"1","contracts":[{"contract":"0x01"}]},"account":"ACCOUNT"}""",
        400)]
    [InlineData("v1/budgets", """{"label":"a","limits":{"amount":"1"},"parent":"nobody"}""", 404)]
    [InlineData("v1/budgets/nobody/top-up", """{"amount":"1"}""", 404)]
    [InlineData("v1/approvals/99/approve", "{}", 404)]
    [InlineData("v1/approvals/99999999999999999999/approve", "{}", 404)]
    [InlineData("v1/approvals/x/refuse", "{}", 404)]
    [InlineData("v1/channels/0x00/close", "{}", 404)]
    [InlineData("v1/pay/99/result", """{"status":200}""", 404)]
    [InlineData("v1/pay/99/result", """{"status":99}""", 400)]
    [InlineData("v1/pay", """{"paymentRequired":"e30=",PAY}""", 400)]
    [InlineData("v1/pay", """{"paymentRequired":"no base64",PAY,"budget":"BUDGET"}""", 400)]
    [InlineData("v1/pay", """{"paymentRequired":"W10=",PAY,"budget":"BUDGET"}""", 400)]
    [InlineData("v1/pay", """{"paymentRequired":"eyJ4NDAyVmVyc2lvbiI6MX0=",PAY,"budget":"BUDGET"}""", 400)]
    [InlineData("v1/sign/message", """{"from":"ACCOUNT"}""", 400)]
    [InlineData("v1/sign/message", """{"from":"ACCOUNT","message":"0x0"}""", 400)]
    [InlineData("v1/sign/message", """{"from":"0x00","text":"a"}""", 400)]
    public async Task What_makes_no_sense_is_a_problem_with_a_code(string path, string body, int status)
    {
        var answer = await door.PostAsync(path, door.Fill(body), key: "k1");
        Assert.True(answer.Status == status && answer.Code.Length > 0, $"{answer.Status} {answer.Body}");
    }

    [Theory]
    [InlineData("7")]
    [InlineData("{}")]
    [InlineData("""{"types":{},"primaryType":"A","domain":{},"message":{}}""")]
    [InlineData("""{"types":{"A":[{"name":"x","type":"uint"}]},"primaryType":"A","domain":{},"message":{"x":1}}""")]
    [InlineData("""{"types":{"A":[{"name":"x","type":"uint8"}]},"primaryType":"A","domain":{},"message":{"x":256}}""")]
    [InlineData("""{"types":{"A":[{"name":"x","type":"int8"}]},"primaryType":"A","domain":{},"message":{"x":-129}}""")]
    [InlineData(
        """{"types":{"A":[{"name":"x","type":"bytes33"}]},"primaryType":"A","domain":{},"message":{"x":"0x"}}""")]
    [InlineData("""{"types":{"A":[{"name":"x","type":"B"}]},"primaryType":"A","domain":{},"message":{"x":{}}}""")]
    [InlineData("""{"types":{"A":7},"primaryType":"A","domain":{},"message":{}}""")]
    [InlineData("""{"types":[],"primaryType":"A","domain":{},"message":{}}""")]
    [InlineData("""{"types":{"A":[]},"primaryType":7,"domain":{},"message":{}}""")]
    [InlineData("""{"types":{"A":[]},"primaryType":"A","domain":7,"message":{}}""")]
    [InlineData("""{"types":{"A":[]},"primaryType":"A","domain":{"chainId":"x"},"message":{}}""")]
    [InlineData(
        """{"types":{"A":[{"name":"x","type":"address"}]},"primaryType":"A","domain":{},"message":{"x":"0x12"}}""")]
    public async Task Malformed_typed_data_is_refused_at_both_doors(string typed)
    {
        var answer = await door.PostAsync(
            "v1/sign/typed-data", door.Fill($"{{\"from\":\"ACCOUNT\",\"typedData\":{typed}}}"));
        Assert.True((answer.Status, answer.Code) == (400, "invalid_request"), answer.Body);
        foreach (var given in new[] { typed, JsonSerializer.Serialize(typed) })
        {
            var error = await door.RpcAsync(
                $"{{\"id\":1,\"method\":\"eth_signTypedData_v4\",\"params\":[\"ACCOUNT\",{given}]}}");
            Assert.Equal(-32602, error.Code);
        }
    }

    [Theory]
    [InlineData("0x")]
    [InlineData("0xc0")]
    [InlineData("0x02")]
    [InlineData("0x02c0")]
    [InlineData("0x7fc0")]
    [InlineData("0x80")]
    [InlineData("0xbf7fffffffffffffff")]
    [InlineData("0xf8ff")]
    [InlineData("0x02f86b8080808080808080c0")]
    [InlineData("0xzz")]
    [InlineData("7")]
    public async Task Malformed_transactions_are_errors_of_json_rpc(string raw)
    {
        var sent = await door.RpcAsync(
            $"{{\"id\":1,\"method\":\"eth_sendRawTransaction\",\"params\":[\"{raw}\"]}}");
        Assert.InRange(sent.Code, -32700, -32000);
        var message = await door.RpcAsync($"{{\"id\":1,\"method\":\"personal_sign\",\"params\":[\"{raw}\"]}}");
        Assert.Equal(-32602, message.Code);
        var filled = await door.RpcAsync(
            "{\"id\":1,\"method\":\"eth_sendTransaction\",\"params\":[{\"from\":\"ACCOUNT\","
            + $"\"to\":\"{Payee}\","
            + $"\"gas\":\"{raw}\",\"gasPrice\":\"{raw}g\"}}]}}");
        Assert.Equal(-32602, filled.Code);
    }

    [Fact]
    public async Task Nothing_of_all_that_was_signed_or_counted()
    {
        var large = "[" + new string(' ', 600 * 1024) + "]";
        Assert.Equal((413, "body_too_large"), Short(await door.PostAsync("rpc", large)));
        var client = door.World.Wallet.Client;
        Assert.Empty((await client.Budgets.SpendsAsync(door.Budget.Budget.Id, cancel: Cancel)).Spends);
        Assert.Single(await client.Budgets.ListAsync(Cancel));
        Assert.Single(await client.AccountsAsync(Cancel));
        Assert.DoesNotContain(door.World.Wallet.Log.Lines, l => l.Contains("failed with", StringComparison.Ordinal));
    }

    private static (int, string) Short((int Status, string Code, string Body) answer) => (answer.Status, answer.Code);

    /// <summary>One daemon with an account, a budget and a node for all of it.</summary>
    public sealed class Door : IAsyncLifetime
    {
        internal PayWorld World { get; private set; } = null!;

        internal CreatedBudget Budget { get; private set; } = null!;

        public async ValueTask InitializeAsync()
        {
            World = await PayWorld.StartAsync();
            Budget = await World.BudgetAsync(1_000_000);
        }

        public ValueTask DisposeAsync() => World.DisposeAsync();

        internal string Fill(string body) => body
            .Replace("ACCOUNT", World.Account.ToString(), StringComparison.Ordinal)
            .Replace("PAY", Pay, StringComparison.Ordinal)
            .Replace("BUDGET", Budget.Budget.Id, StringComparison.Ordinal);

        internal async Task<(int Status, string Code, string Body)> PostAsync(
            string path, string body, string? key = null, string type = "application/json", bool isChunked = false)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, path);
            request.Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
            request.Headers.TransferEncodingChunked = isChunked;
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", World.Wallet.Token);
            if (key is not null)
                request.Headers.Add("Idempotency-Key", key);
            using var response = await World.Wallet.Http.SendAsync(request, Cancel);
            var text = await response.Content.ReadAsStringAsync(Cancel);
            if (response.Content.Headers.ContentType?.MediaType != "application/problem+json")
                return ((int)response.StatusCode, "", text);
            using var problem = JsonDocument.Parse(text);
            Assert.NotEmpty(problem.RootElement.GetProperty("detail").GetString()!);
            return ((int)response.StatusCode, problem.RootElement.GetProperty("code").GetString()!, text);
        }

        internal async Task<(int Code, string Message)> RpcAsync(string body)
        {
            var (status, _, text) = await PostAsync("rpc", Fill(body));
            Assert.Equal(200, status);
            using var answer = JsonDocument.Parse(text);
            var error = answer.RootElement.GetProperty("error");
            return (error.GetProperty("code").GetInt32(), error.GetProperty("message").GetString()!);
        }
    }
}

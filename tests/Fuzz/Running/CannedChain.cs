using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace Aitbc.Fuzz.Running;

/// <summary>The few answers of a node that a wallet needs to fill in a transaction and to open a channel.</summary>
internal sealed class CannedChain : HttpMessageHandler
{
    private static readonly string Zeros = "0x" + new string('0', 128);

    private static readonly Dictionary<string, JsonNode> Answers = new()
    {
        ["eth_chainId"] = "0x1e61",
        ["eth_getTransactionCount"] = "0x0",
        ["eth_estimateGas"] = "0x5208",
        ["eth_maxPriorityFeePerGas"] = "0x1",
        ["eth_call"] = Zeros,
        ["eth_feeHistory"] = JsonNode.Parse(
            """{"oldestBlock":"0x1","baseFeePerGas":["0x1","0x1"],"gasUsedRatio":[0]}""")!,
    };

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var body = request.Content!.ReadAsStream(cancellationToken);
        return Answer(JsonNode.Parse(body)!);
    }

    protected override Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(Send(request, cancellationToken));

    private static HttpResponseMessage Answer(JsonNode asked)
    {
        var answer = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = asked["id"]!.DeepClone() };
        if (Answers.TryGetValue((string)asked["method"]!, out var result))
            answer["result"] = result.DeepClone();
        else
            answer["error"] = new JsonObject { ["code"] = -32601, ["message"] = "there is no such method" };
        return new HttpResponseMessage(HttpStatusCode.OK)
        {
            Content = new StringContent(answer.ToJsonString(), Encoding.UTF8, "application/json"),
        };
    }
}

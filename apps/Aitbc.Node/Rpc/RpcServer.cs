using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Node.Engine;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Rpc;

/// <summary>JSON-RPC 2.0 over HTTP: one table of methods, every bound named in <see cref="NodeOptions"/>.</summary>
internal sealed partial class RpcServer
{
    private const int MaxDepth = 32;

    private readonly Dictionary<string, Func<RpcParams, JsonNode?>> methods;
    private readonly NodeOptions options;
    private readonly ILogger<RpcServer> log;

    public RpcServer(Chain chain, BlockMaker maker, NodeOptions options, ILogger<RpcServer> log)
    {
        this.options = options;
        this.log = log;
        var state = new StateMethods(chain);
        var blocks = new BlockMethods(chain, maker);
        methods = new(StringComparer.Ordinal)
        {
            ["web3_clientVersion"] = _ => "aitbc/0.1.0",
            ["net_version"] = _ => chain.Genesis.ChainId.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["net_listening"] = _ => true,
            ["eth_chainId"] = _ => RpcParams.Quantity(chain.Genesis.ChainId),
            ["eth_syncing"] = _ => false,
            ["eth_accounts"] = _ => new JsonArray(),
            ["eth_blockNumber"] = _ => RpcParams.Quantity(chain.Head.Header.Number),
            ["eth_getBalance"] = state.Balance,
            ["eth_getTransactionCount"] = state.Nonce,
            ["eth_getCode"] = StateMethods.Code,
            ["eth_getStorageAt"] = state.Storage,
            ["eth_call"] = state.Call,
            ["eth_estimateGas"] = state.Estimate,
            ["eth_gasPrice"] = state.GasPrice,
            ["eth_maxPriorityFeePerGas"] = StateMethods.Tip,
            ["eth_feeHistory"] = state.FeeHistory,
            ["eth_getBlockByNumber"] = blocks.ByNumber,
            ["eth_getBlockByHash"] = blocks.ByHash,
            ["eth_getTransactionByHash"] = blocks.Transaction,
            ["eth_getTransactionReceipt"] = blocks.Receipt,
            ["eth_getBlockReceipts"] = blocks.Receipts,
            ["eth_sendRawTransaction"] = blocks.SendRaw,
            ["eth_getLogs"] = new LogMethods(chain, options).Get,
            ["aitbc_status"] = blocks.Status,
        };
    }

    public async Task HandleAsync(HttpContext http)
    {
        JsonNode? answer;
        try
        {
            using var request = await JsonDocument.ParseAsync(
                http.Request.Body, new JsonDocumentOptions { MaxDepth = MaxDepth }, http.RequestAborted).ConfigureAwait(false);
            answer = Answer(request.RootElement);
        }
        catch (JsonException)
        {
            answer = Failure(null, new RpcError(-32700, "parse error"));
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            http.Response.StatusCode = e.StatusCode;
            answer = Failure(null, new RpcError(-32600, $"request body exceeds {options.MaxBody} bytes"));
        }

        http.Response.ContentType = "application/json";
        if (answer is not null)
            await http.Response.WriteAsync(answer.ToJsonString(), http.RequestAborted).ConfigureAwait(false);
    }

    private JsonNode? Answer(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Array)
            return One(request);
        if (request.GetArrayLength() == 0)
            return Failure(null, new RpcError(-32600, "empty batch"));
        if (request.GetArrayLength() > options.MaxBatch)
            return Failure(null, new RpcError(-32600, $"batch too large: at most {options.MaxBatch}"));
        var answers = new JsonArray();
        foreach (var item in request.EnumerateArray())
        {
            if (One(item) is { } answer)
                answers.Add(answer);
        }

        return answers.Count == 0 ? null : answers;
    }

    private JsonObject? One(JsonElement request)
    {
        if (request.ValueKind != JsonValueKind.Object
            || !request.TryGetProperty("method", out var name) || name.ValueKind != JsonValueKind.String)
            return Failure(null, new RpcError(-32600, "invalid request"));
        JsonNode? id = null;
        var wantsAnswer = request.TryGetProperty("id", out var asked);
        if (wantsAnswer)
            id = JsonNode.Parse(asked.GetRawText());
        try
        {
            var method = methods.GetValueOrDefault(name.GetString()!) ?? throw RpcError.NoMethod(name.GetString()!);
            var result = method(new RpcParams(request.TryGetProperty("params", out var list) ? list : null));
            return wantsAnswer ? new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["result"] = result } : null;
        }
        catch (RpcError error)
        {
            return wantsAnswer ? Failure(id, error) : null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(log, name.GetString()!, e);
            return wantsAnswer ? Failure(id, new RpcError(-32603, "internal error")) : null;
        }
    }

    private static JsonObject Failure(JsonNode? id, RpcError error) =>
        new() { ["jsonrpc"] = "2.0", ["id"] = id, ["error"] = error.ToJson() };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed.")]
    private static partial void Failed(ILogger logger, string method, Exception exception);
}

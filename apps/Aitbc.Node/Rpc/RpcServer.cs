using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Logs;
using Aitbc.Node.Rpc.Subscriptions;
using Microsoft.Extensions.Logging;

namespace Aitbc.Node.Rpc;

/// <summary>
/// JSON-RPC 2.0, whatever door it comes through (specs/rpc.md): one table of methods, every bound named in
/// <see cref="NodeOptions"/>.
/// </summary>
internal sealed partial class RpcServer
{
    private const int MaxDepth = 32;

    private readonly Dictionary<string, Func<RpcParams, JsonNode?>> methods;
    private readonly NodeOptions options;
    private readonly ILogger<RpcServer> log;

    public RpcServer(
        Chain chain, BlockMaker maker, ChainFeed feed, FilterTable filters, NodeOptions options,
        TimeProvider time, ILogger<RpcServer> log)
    {
        this.options = options;
        this.log = log;
        var state = new StateMethods(chain);
        var blocks = new BlockMethods(chain, maker, feed, new SupplyAudit(chain, time));
        methods = new(StringComparer.Ordinal)
        {
            ["web3_clientVersion"] = _ => "aitbc/0.1.0",
            ["net_version"] = _ => chain.Genesis.ChainId.ToString(CultureInfo.InvariantCulture),
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
            ["eth_getBlockTransactionCountByNumber"] = blocks.CountByNumber,
            ["eth_getBlockTransactionCountByHash"] = blocks.CountByHash,
            ["eth_getUncleCountByBlockNumber"] = blocks.UnclesByNumber,
            ["eth_getUncleCountByBlockHash"] = blocks.UnclesByHash,
            ["eth_getTransactionByHash"] = blocks.Transaction,
            ["eth_getTransactionByBlockNumberAndIndex"] = blocks.TransactionByNumberAndIndex,
            ["eth_getTransactionByBlockHashAndIndex"] = blocks.TransactionByHashAndIndex,
            ["eth_getTransactionReceipt"] = blocks.Receipt,
            ["eth_getBlockReceipts"] = blocks.Receipts,
            ["eth_sendRawTransaction"] = blocks.SendRaw,
            ["eth_getLogs"] = new LogMethods(chain, new LogReader(chain), options).Get,
            ["eth_newFilter"] = filters.NewLogFilter,
            ["eth_newBlockFilter"] = filters.NewBlockFilter,
            ["eth_newPendingTransactionFilter"] = filters.NewPendingFilter,
            ["eth_getFilterChanges"] = filters.Changes,
            ["eth_getFilterLogs"] = filters.Logs,
            ["eth_uninstallFilter"] = filters.Uninstall,
            ["aitbc_status"] = blocks.Status,
            ["aitbc_transactionStatus"] = blocks.TransactionStatus,
        };
    }

    /// <summary>Answers a request or a batch; empty if nothing is to be answered.</summary>
    /// <param name="request">UTF-8 JSON of any content.</param>
    /// <param name="subscriber">The connection, if it can be told of events.</param>
    public ReadOnlyMemory<byte> Answer(ReadOnlyMemory<byte> request, ISubscriber? subscriber)
    {
        var answer = new ArrayBufferWriter<byte>(1024);
        try
        {
            using var document = JsonDocument.Parse(request, new JsonDocumentOptions { MaxDepth = MaxDepth });
            using var writer = new Utf8JsonWriter(answer);
            Answer(document.RootElement, subscriber, writer, answer);
        }
        catch (JsonException)
        {
            answer.Clear();
            using var writer = new Utf8JsonWriter(answer);
            Failure(null, new RpcError(-32700, "parse error")).WriteTo(writer);
        }

        return answer.WrittenMemory;
    }

    /// <summary>The answer to a body that is too long to be read.</summary>
    public ReadOnlyMemory<byte> TooLarge() => JsonSerializer.SerializeToUtf8Bytes(
        Failure(null, new RpcError(-32600, $"request exceeds {options.MaxBody} bytes")));

    private void Answer(
        JsonElement request, ISubscriber? subscriber, Utf8JsonWriter writer, ArrayBufferWriter<byte> written)
    {
        if (request.ValueKind != JsonValueKind.Array)
        {
            One(request, subscriber)?.WriteTo(writer);
            return;
        }

        if (request.GetArrayLength() is var count && (count == 0 || count > options.MaxBatch))
        {
            var text = count == 0 ? "empty batch" : $"batch too large: at most {options.MaxBatch}";
            Failure(null, new RpcError(-32600, text)).WriteTo(writer);
            return;
        }

        var isOpen = false;
        foreach (var item in request.EnumerateArray())
        {
            // What comes after the bound is refused, not dropped: the client sees which requests were not answered.
            var answer = written.WrittenCount > options.MaxResponse
                ? Failure(IdOf(item), new RpcError(-32005, $"batch answer exceeds {options.MaxResponse} bytes"))
                : One(item, subscriber);
            if (answer is null)
                continue;
            if (!isOpen)
                writer.WriteStartArray();
            isOpen = true;
            answer.WriteTo(writer);
            writer.Flush();
        }

        if (isOpen)
            writer.WriteEndArray();
    }

    private JsonObject? One(JsonElement request, ISubscriber? subscriber)
    {
        if (request.ValueKind != JsonValueKind.Object
            || !request.TryGetProperty("method", out var method) || method.ValueKind != JsonValueKind.String)
            return Failure(IdOf(request), new RpcError(-32600, "invalid request"));
        var name = method.GetString()!;
        var wantsAnswer = request.TryGetProperty("id", out _);
        try
        {
            var p = new RpcParams(request.TryGetProperty("params", out var list) ? list : null);
            var result = Invoke(name, p, subscriber);
            return wantsAnswer
                ? new JsonObject { ["jsonrpc"] = "2.0", ["id"] = IdOf(request), ["result"] = result }
                : null;
        }
        catch (RpcError error)
        {
            return wantsAnswer ? Failure(IdOf(request), error) : null;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            Failed(log, name, e);
            return wantsAnswer ? Failure(IdOf(request), new RpcError(-32603, "internal error")) : null;
        }
    }

    private JsonNode? Invoke(string name, RpcParams p, ISubscriber? subscriber) => name switch
    {
        "eth_subscribe" => (subscriber ?? throw NoNotifications()).Subscribe(p),
        "eth_unsubscribe" => (subscriber ?? throw NoNotifications()).Unsubscribe(p),
        _ => (methods.GetValueOrDefault(name) ?? throw RpcError.NoMethod(Shorten(name)))(p),
    };

    private static RpcError NoNotifications() => new(-32601, "notifications not supported: use a WebSocket");

    private static string Shorten(string name) => name.Length <= 100 ? name : name[..100] + "…";

    // Number, string or null come back as they were; anything else is no id.
    private static JsonNode? IdOf(JsonElement request) =>
        request.ValueKind == JsonValueKind.Object && request.TryGetProperty("id", out var id)
            && id.ValueKind is JsonValueKind.Number or JsonValueKind.String
            ? JsonNode.Parse(id.GetRawText())
            : null;

    private static JsonObject Failure(JsonNode? id, RpcError error) =>
        new() { ["jsonrpc"] = "2.0", ["id"] = id, ["error"] = error.ToJson() };

    [LoggerMessage(Level = LogLevel.Error, Message = "{Method} failed.")]
    private static partial void Failed(ILogger logger, string method, Exception exception);
}

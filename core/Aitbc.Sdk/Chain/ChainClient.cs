using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Sdk.Chain;

/// <summary>
/// Typed client of a node's JSON-RPC (specs/rpc). Every method throws <see cref="RpcException"/> if the node refused,
/// and
/// <see cref="ChainUnavailableException"/> if no usable answer came. Amounts are atto-AIT. Safe for concurrent use.
/// </summary>
public sealed class ChainClient
{
    private readonly JsonRpcTransport rpc;
    private readonly ChainClientOptions options;
    private readonly TimeProvider time;
    private ulong chainId; // 0 = not asked yet; no chain has id 0

    /// <summary>Makes a client.</summary>
    /// <param name="http">Its base address is the node's; the caller keeps ownership. Its own timeout should not be
    /// shorter than <see cref="ChainClientOptions.RequestTimeout"/>.</param>
    /// <param name="options">Bounds; null = the defaults.</param>
    /// <param name="time">Clock of timeouts and pauses; null = the system's.</param>
    public ChainClient(HttpClient http, ChainClientOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        this.options = options ?? new ChainClientOptions();
        this.time = time ?? TimeProvider.System;
        Endpoint = http.BaseAddress;
        rpc = new JsonRpcTransport(http, this.options, this.time);
    }

    /// <summary>The node's address; null if the client of HTTP has none.</summary>
    public Uri? Endpoint { get; }

    /// <summary>The chain's id (EIP-155), asked once and remembered.</summary>
    public async Task<ulong> ChainIdAsync(CancellationToken cancel = default)
    {
        if (Volatile.Read(ref chainId) is var known and not 0)
            return known;
        var asked = await AskAsync("eth_chainId", null, RpcJson.UInt64, cancel).ConfigureAwait(false);
        Volatile.Write(ref chainId, asked);
        return asked;
    }

    /// <summary>Height of the newest block.</summary>
    public Task<ulong> BlockNumberAsync(CancellationToken cancel = default) =>
        AskAsync("eth_blockNumber", null, RpcJson.UInt64, cancel);

    /// <summary>
    /// Header and transaction hashes of the block at a height (null = the newest), or null if there is none.
    /// </summary>
    public Task<BlockSummary?> BlockAsync(ulong? number = null, CancellationToken cancel = default) =>
        AskAsync(
            "eth_getBlockByNumber",
            w =>
            {
                w.WriteStringValue(number is { } n ? RpcJson.Quantity(n) : "latest");
                w.WriteBooleanValue(false);
            },
            e => e.ValueKind == JsonValueKind.Null ? null : RpcJson.Block(e),
            cancel);

    /// <summary>Balance in the newest block.</summary>
    public Task<UInt256> BalanceAsync(Address account, CancellationToken cancel = default) =>
        AskAsync("eth_getBalance", Account(account, "latest"), RpcJson.UInt256, cancel);

    /// <summary>The account's next nonce, counting its transactions that wait in the pool.</summary>
    public Task<ulong> NonceAsync(Address account, CancellationToken cancel = default) =>
        AskAsync("eth_getTransactionCount", Account(account, "pending"), RpcJson.UInt64, cancel);

    /// <summary>The account's nonce in the newest block: how many of its transactions are final.</summary>
    public Task<ulong> FinalNonceAsync(Address account, CancellationToken cancel = default) =>
        AskAsync("eth_getTransactionCount", Account(account, "latest"), RpcJson.UInt64, cancel);

    /// <summary>Runs a call on the newest state and keeps nothing; returns what the contract returned.</summary>
    /// <exception cref="RpcException">The contract reverted (code 3, see <see
    /// cref="RpcException.Revert"/>).</exception>
    public Task<byte[]> CallAsync(CallRequest call, CancellationToken cancel = default) =>
        AskAsync(
            "eth_call",
            w =>
            {
                RpcJson.WriteCall(w, call);
                w.WriteStringValue("latest");
            },
            RpcJson.Bytes,
            cancel);

    /// <summary>Gas that the call would use as a transaction.</summary>
    /// <exception cref="RpcException">The call would revert (code 3) or cannot be paid.</exception>
    public Task<ulong> EstimateGasAsync(CallRequest call, CancellationToken cancel = default) =>
        AskAsync("eth_estimateGas", w => RpcJson.WriteCall(w, call), RpcJson.UInt64, cancel);

    /// <summary>Gives a signed transaction to the node; returns its hash once the pool has it.</summary>
    /// <remarks>After <see cref="ChainUnavailableException"/> the same bytes may be sent again; other bytes must
    /// not.</remarks>
    public Task<Hash256> SendRawAsync(ReadOnlyMemory<byte> raw, CancellationToken cancel = default) =>
        AskAsync("eth_sendRawTransaction", w => w.WriteStringValue(Hex.ToHex(raw.Span)), RpcJson.Hash, cancel);

    /// <summary>The receipt of a final transaction, or null if the node knows none.</summary>
    public Task<TransactionReceipt?> ReceiptAsync(Hash256 transaction, CancellationToken cancel = default) =>
        AskAsync(
            "eth_getTransactionReceipt",
            w => w.WriteStringValue(transaction.ToString()),
            e => e.ValueKind == JsonValueKind.Null ? null : RpcJson.Receipt(e),
            cancel);

    /// <summary>
    /// Looks for a receipt until it is there or the time is over; a node that does not answer meanwhile is asked again.
    /// </summary>
    /// <returns>The receipt, or null if the time is over: the transaction may still be included later.</returns>
    public async Task<TransactionReceipt?> WaitReceiptAsync(
        Hash256 transaction, TimeSpan timeout, CancellationToken cancel = default)
    {
        var started = time.GetTimestamp();
        var pause = options.MinPollInterval;
        while (true)
        {
            try
            {
                if (await ReceiptAsync(transaction, cancel).ConfigureAwait(false) is { } receipt)
                    return receipt;
            }
            catch (ChainUnavailableException) when (time.GetElapsedTime(started) < timeout)
            {
                // Waiting is what was asked for: a node that restarts will know the receipt afterwards.
            }

            var left = timeout - time.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
                return null;
            await Task.Delay(pause < left ? pause : left, time, cancel).ConfigureAwait(false);
            pause = pause * 2 < options.MaxPollInterval ? pause * 2 : options.MaxPollInterval;
        }
    }

    /// <summary>
    /// Fees for a transaction sent now (EIP-1559), from the next block's base fee and the node's tip.
    /// </summary>
    public async Task<FeeSuggestion> FeesAsync(CancellationToken cancel = default)
    {
        var tipTask = AskAsync("eth_maxPriorityFeePerGas", null, RpcJson.UInt256, cancel);
        var baseFee = await AskAsync("eth_feeHistory", WriteFeeHistory, NextBaseFee, cancel).ConfigureAwait(false);
        var tip = await tipTask.ConfigureAwait(false);
        return new FeeSuggestion(baseFee, tip, baseFee + baseFee + tip);
    }

    /// <summary>Height, pool and supply as the node reports them (<c>aitbc_status</c>).</summary>
    public Task<ChainStatus> StatusAsync(CancellationToken cancel = default) =>
        AskAsync("aitbc_status", null, RpcJson.Status, cancel);

    /// <summary>
    /// Events of a range of blocks. The node refuses ranges beyond its limit with <see cref="RpcException"/>.
    /// </summary>
    public Task<IReadOnlyList<LogEntry>> LogsAsync(LogFilter filter, CancellationToken cancel = default) =>
        AskAsync("eth_getLogs", w => RpcJson.WriteFilter(w, filter), RpcJson.Logs, cancel);

    /// <summary>
    /// Any other method, for tools: parameters are written by the caller, the result is returned as it came.
    /// </summary>
    /// <param name="method">The method's name.</param>
    /// <param name="writeParameters">Writes the elements of the <c>params</c> array; null = none.</param>
    /// <param name="cancel">Stops the wait; the call may still happen.</param>
    public Task<JsonElement> InvokeAsync(
        string method, Action<Utf8JsonWriter>? writeParameters = null, CancellationToken cancel = default) =>
        rpc.InvokeAsync(method, writeParameters, cancel);

    private static Action<Utf8JsonWriter> Account(Address account, string block) => w =>
    {
        w.WriteStringValue(account.ToHex());
        w.WriteStringValue(block);
    };

    private static void WriteFeeHistory(Utf8JsonWriter writer)
    {
        writer.WriteStringValue("0x1");
        writer.WriteStringValue("latest");
        writer.WriteStartArray();
        writer.WriteEndArray();
    }

    // The array has one entry more than blocks were asked for: the last is the next block's.
    private static UInt256 NextBaseFee(JsonElement history) =>
        RpcJson.UInt256(history.GetProperty("baseFeePerGas").EnumerateArray().Last());

    private async Task<T> AskAsync<T>(
        string method, Action<Utf8JsonWriter>? writeParameters, Func<JsonElement, T> read, CancellationToken cancel)
    {
        var result = await rpc.InvokeAsync(method, writeParameters, cancel).ConfigureAwait(false);
        try
        {
            return read(result);
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException
            or KeyNotFoundException)
        {
            throw new ChainUnavailableException(Endpoint, $"its answer to {method} is not of the specified shape", e);
        }
    }
}

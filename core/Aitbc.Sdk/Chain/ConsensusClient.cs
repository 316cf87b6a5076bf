using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Sdk.Chain;

/// <summary>
/// What a node says of validators, peers and the block that is being decided (specs/rpc.md). Every method throws
/// <see cref="RpcException"/> if the node refused, with <see cref="RpcException.MethodNotFound"/> if it is too old to
/// know, and <see cref="ChainUnavailableException"/> if no usable answer came.
/// </summary>
public sealed class ConsensusClient
{
    private readonly ChainClient chain;

    /// <summary>Makes a client.</summary>
    /// <param name="chain">Of the node that is asked.</param>
    public ConsensusClient(ChainClient chain)
    {
        ArgumentNullException.ThrowIfNull(chain);
        this.chain = chain;
    }

    /// <summary>The set that decides the next block; null if none is registered.</summary>
    public Task<ValidatorSetStatus?> ValidatorsAsync(CancellationToken cancel = default) =>
        AskAsync("aitbc_validators", Validators, cancel);

    /// <summary>Peers that are connected now.</summary>
    public async Task<IReadOnlyList<PeerStatus>> PeersAsync(CancellationToken cancel = default) =>
        await AskAsync<PeerStatus[]>("aitbc_peers", e => [.. e.EnumerateArray().Select(Peer)], cancel)
            .ConfigureAwait(false) ?? [];

    /// <summary>The height that is being decided; null if the node decides alone.</summary>
    public Task<ConsensusStatus?> ConsensusAsync(CancellationToken cancel = default) =>
        AskAsync("aitbc_consensus", Consensus, cancel);

    private static ValidatorSetStatus Validators(JsonElement e) => new(
        RpcJson.UInt64(e.GetProperty("height")),
        RpcJson.Hash(e.GetProperty("validatorsHash")),
        RpcJson.UInt64(e.GetProperty("quorumWeight")),
        [.. e.GetProperty("validators").EnumerateArray().Select(v => new ValidatorStatus(
            RpcJson.Address(v.GetProperty("operator")),
            RpcJson.Hash(v.GetProperty("consensusKey")),
            RpcJson.UInt64(v.GetProperty("weight"))))]);

    private static PeerStatus Peer(JsonElement e) => new(
        RpcJson.Hash(e.GetProperty("id")),
        e.GetProperty("address").GetString() ?? "",
        Text(e, "consensusKey") is { } key ? Hash256.Parse(key) : null,
        Text(e, "operator") is { } account ? Address.Parse(account) : null,
        e.GetProperty("inbound").GetBoolean(),
        e.TryGetProperty("classQueues", out var queues)
            ? queues.EnumerateObject().ToDictionary(q => q.Name, q => RpcJson.UInt64(q.Value))
            : []);

    private static ConsensusStatus? Consensus(JsonElement e) => Text(e, "mode") == "solo"
        ? null
        : new ConsensusStatus(
            RpcJson.UInt64(e.GetProperty("height")),
            e.GetProperty("signing").GetString() ?? "",
            RpcJson.UInt64(e.GetProperty("bestPeerTip")),
            e.TryGetProperty("round", out _) ? Round(e, e) : null,
            e.TryGetProperty("pastRounds", out var past) ? [.. past.EnumerateArray().Select(p => Round(p, e))] : [],
            Counters(e.GetProperty("counters")));

    private static RoundStatus Round(JsonElement e, JsonElement height) => new(
        e.GetProperty("round").GetInt32(),
        Text(e, "step") ?? "",
        RpcJson.UInt64(height.GetProperty("quorumWeight")),
        RpcJson.Address(e.GetProperty("proposer")),
        e.GetProperty("hasProposal").GetBoolean(),
        [.. e.GetProperty("votes").EnumerateArray().Select(v => new VoteStatus(
            RpcJson.Address(v.GetProperty("operator")), Text(v, "prevote"), Text(v, "precommit")))],
        [.. e.GetProperty("silent").EnumerateArray().Select(RpcJson.Address)]);

    private static ConsensusCounters Counters(JsonElement e) => new(
        RpcJson.UInt64(e.GetProperty("decided")),
        RpcJson.UInt64(e.GetProperty("synced")),
        RpcJson.UInt64(e.GetProperty("extraRounds")),
        RpcJson.UInt64(e.GetProperty("lastLatencyUs")),
        RpcJson.UInt64(e.GetProperty("latencyUsSum")),
        e.GetProperty("missedProposals").EnumerateArray().ToDictionary(
            m => RpcJson.Address(m.GetProperty("operator")), m => RpcJson.UInt64(m.GetProperty("count"))));

    private static string? Text(JsonElement e, string name) =>
        e.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private async Task<T?> AskAsync<T>(string method, Func<JsonElement, T?> read, CancellationToken cancel)
        where T : class
    {
        var result = await chain.InvokeAsync(method, null, cancel).ConfigureAwait(false);
        if (result.ValueKind == JsonValueKind.Null)
            return null;
        try
        {
            return read(result);
        }
        catch (Exception e) when (e is FormatException or OverflowException or InvalidOperationException
            or KeyNotFoundException or ArgumentException)
        {
            throw new ChainUnavailableException(
                chain.Endpoint, $"its answer to {method} is not of the specified shape", e);
        }
    }
}

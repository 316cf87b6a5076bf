using Aitbc.Fuzz.Targets;

namespace Aitbc.Fuzz;

/// <summary>All targets, with the cases that the property run gives each.</summary>
internal static class FuzzTargets
{
    public static IReadOnlyList<(string Name, int Cases, Func<IFuzzTarget> Make)> All { get; } =
    [
        ("contract", 40_000, () => new ContractTarget()),
        ("json-rpc", 60_000, () => new JsonRpcTarget()),
        ("rpc-params", 80_000, () => new RpcParamsTarget()),
        ("transaction", 250_000, () => new TransactionTarget()),
        ("rlp", 250_000, () => new RlpTarget()),
        ("abi", 120_000, () => new AbiTarget()),
        ("typed-data", 60_000, () => new TypedDataTarget()),
        ("block", 80_000, () => new BlockTarget()),
        ("receipt", 80_000, () => new ReceiptTarget()),
        ("trie", 80_000, () => new TrieTarget()),
        ("consensus-message", 80_000, () => new ConsensusMessageTarget()),
        ("link-frames", 80_000, () => new LinkFrameTarget()),
        ("redis-message", 80_000, () => new RedisMessageTarget()),
        ("wallet-request", 4_000, () => new WalletRequestTarget()),
        ("wallet-rpc", 4_000, () => new WalletRpcTarget()),
        ("x402-header", 1_000, () => new X402HeaderTarget()),
        ("spend-reading", 40_000, () => new SpendReadingTarget()),
        ("log-line", 40_000, () => new LogLineTarget()),
        ("http", 3_000, () => new HttpTarget()),
        ("websocket-message", 6_000, () => new WebSocketMessageTarget()),
        ("websocket-frames", 1_500, () => new WebSocketFramesTarget()),
    ];

    public static IFuzzTarget Make(string name) =>
        All.FirstOrDefault(t => t.Name == name).Make?.Invoke()
            ?? throw new ArgumentException($"There is no target {name}.", nameof(name));
}

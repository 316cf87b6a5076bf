using Aitbc.Fuzz.Running;
using Aitbc.Fuzz.Seeds;

namespace Aitbc.Fuzz.Targets;

/// <summary>Bodies of the door for stock libraries: answers of JSON-RPC 2.0 or none, no internal error.</summary>
internal sealed class WalletRpcTarget : IFuzzTarget
{
    private readonly FuzzWallet wallet = new();

    public string Name => "wallet-rpc";

    public IReadOnlyList<byte[]> Words => WalletSeeds.Words;

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => WalletSeeds.Rpc;

    public Allocation Bound { get; } = new(8 << 20, 20_000);

    public void Run(byte[] input)
    {
        var (status, body) = wallet.Ask("POST", "/rpc", input);
        if (status == 200)
            AnswerCheck.Check(body);
    }

    public void Dispose() => wallet.Dispose();
}

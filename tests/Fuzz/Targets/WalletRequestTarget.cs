using System.Text;
using Aitbc.Fuzz.Running;
using Aitbc.Fuzz.Seeds;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// The name of an endpoint, a line feed and a body. Any other name stands for one of the table, so that every endpoint
/// is reached with the bodies of all; an odd sum of its characters asks as the owner.
/// </summary>
internal sealed class WalletRequestTarget : IFuzzTarget
{
    private readonly FuzzWallet wallet = new();
    private int count;

    public string Name => "wallet-request";

    public IReadOnlyList<byte[]> Words => WalletSeeds.Words;

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => WalletSeeds.Requests;

    public Allocation Bound { get; } = new(8 << 20, 20_000);

    public void Run(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)'\n');
        if (end < 0)
            return;
        var name = Encoding.Latin1.GetString(input, 0, end);
        var sum = input.Take(end).Sum(b => b);
        var endpoint = Array.Find(WalletSeeds.Endpoints, e => e == name)
            ?? WalletSeeds.Endpoints[sum % WalletSeeds.Endpoints.Length];
        var (method, path) = (endpoint[..endpoint.IndexOf(' ')], endpoint[(endpoint.IndexOf(' ') + 1)..]);
        wallet.Ask(method, path, input[(end + 1)..], sum % 2 == 1, sum % 3 == 0 ? null : $"k{count++ / 2}");
    }

    public void Dispose() => wallet.Dispose();
}

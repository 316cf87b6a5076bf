using Aitbc.Fuzz.Running;
using Aitbc.Fuzz.Seeds;

namespace Aitbc.Fuzz.Targets;

/// <summary>Bodies of requests, given to the server behind the doors.</summary>
internal sealed class JsonRpcTarget : IFuzzTarget
{
    private readonly RpcDesk desk = new();

    public string Name => "json-rpc";

    public IReadOnlyList<byte[]> Words => RpcSeeds.Words;

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => RpcSeeds.Bodies;

    public Allocation Bound { get; } = new(1 << 20, 1_000);

    public void Run(byte[] input) => desk.Ask(input);

    public void Dispose() => desk.Dispose();
}

using System.Text;
using Aitbc.Fuzz.Running;
using Aitbc.Fuzz.Seeds;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// The name of a method, a line feed and params as JSON. Any other name stands for one of the table, so that every
/// method is reached with the params of all.
/// </summary>
internal sealed class RpcParamsTarget : IFuzzTarget
{
    private readonly RpcDesk desk = new();
    private readonly string[] methods;

    public RpcParamsTarget() => methods = [.. desk.Methods.Order(StringComparer.Ordinal)];

    public string Name => "rpc-params";

    public IReadOnlyList<byte[]> Words => RpcSeeds.Words;

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds =>
        [.. methods.Select(m => (m, Encoding.UTF8.GetBytes($"{m}\n{RpcSeeds.Params.GetValueOrDefault(m, "[]")}")))];

    public Allocation Bound { get; } = new(1 << 20, 1_000);

    public void Run(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)'\n');
        if (end < 0)
            return;
        var name = Encoding.Latin1.GetString(input, 0, end);
        if (!methods.Contains(name, StringComparer.Ordinal))
            name = methods[input.Take(end).Sum(b => b) % methods.Length];
        desk.Ask(
        [
            .. Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":1,"method":"{{name}}","params":"""),
            .. input[(end + 1)..],
            (byte)'}',
        ]);
    }

    public void Dispose() => desk.Dispose();
}

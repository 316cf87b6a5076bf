using System.Text;

namespace Aitbc.Node.Rpc.Protocol;

/// <summary>The methods by name, found without making a string of the name.</summary>
internal sealed class MethodTable
{
    private const int LongestName = 64;

    private readonly Dictionary<string, RpcMethod> methods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RpcMethod>.AlternateLookup<ReadOnlySpan<char>> byName;

    public MethodTable() => byName = methods.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>All of them.</summary>
    public IReadOnlyCollection<string> Names => methods.Keys;

    public void Add(string name, RpcCost cost, WriteResult write) => methods.Add(name, new RpcMethod(cost, write));

    public void AddWaiting(string name, RpcCost cost, AwaitResult wait) =>
        methods.Add(name, new RpcMethod(cost, null, wait));

    public RpcMethod? Find(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestName)
            return null;
        Span<char> text = stackalloc char[LongestName];
        return Ascii.ToUtf16(name, text, out var length) == System.Buffers.OperationStatus.Done
            && byName.TryGetValue(text[..length], out var method)
            ? method
            : null;
    }
}

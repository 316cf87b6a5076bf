using System.Buffers.Binary;
using System.Net;

namespace Aitbc.Node.Rpc.Limits;

/// <summary>
/// The budgets of clients by their address; an IPv6 client is its /64. Idle budgets are forgotten; when the table is
/// full of busy ones, further clients share one budget.
/// </summary>
internal sealed class ClientBudgets(NodeOptions options, TimeProvider time)
{
    private static readonly TimeSpan BetweenSweeps = TimeSpan.FromSeconds(1);

    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, ClientBudget> byClient = [];
    private readonly ClientBudget loopback = new(time, options.LoopbackRate, options.LoopbackBurst);
    private readonly ClientBudget shared = new(time, options.ClientRate, options.ClientBurst);
    private long swept;

    public ClientBudget Of(IPAddress? client)
    {
        if (client is null || IPAddress.IsLoopback(client))
            return loopback;
        var key = KeyOf(client);
        lock (gate)
        {
            if (byClient.TryGetValue(key, out var known))
                return known;
            if (byClient.Count >= options.MaxClients)
                Forget();
            if (byClient.Count >= options.MaxClients)
                return shared;
            return byClient[key] = new ClientBudget(time, options.ClientRate, options.ClientBurst);
        }
    }

    // Once a second at most: whoever comes from ever new addresses must not make every call walk the table.
    private void Forget()
    {
        if (time.GetElapsedTime(swept) < BetweenSweeps)
            return;
        swept = time.GetTimestamp();
        foreach (var (client, budget) in byClient)
        {
            if (budget.IsFull)
                byClient.Remove(client);
        }
    }

    private static UInt128 KeyOf(IPAddress client)
    {
        Span<byte> bytes = stackalloc byte[16];
        bytes.Clear();
        (client.IsIPv4MappedToIPv6 ? client.MapToIPv4() : client).TryWriteBytes(bytes, out var length);
        return length == 4
            ? BinaryPrimitives.ReadUInt32BigEndian(bytes)
            : new UInt128(BinaryPrimitives.ReadUInt64BigEndian(bytes), ulong.MaxValue);
    }
}

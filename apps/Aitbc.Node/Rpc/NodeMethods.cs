using System.Globalization;
using System.Text.Json;
using Aitbc.Node.Diagnostics;
using Aitbc.Node.Engine;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc;

/// <summary>What the node says of itself.</summary>
internal sealed class NodeMethods(Chain chain, SupplyAudit audit, GcPauses pauses)
{
    private const string Version = "aitbc/0.1.0";

    public static void ClientVersion(in RpcCall call, Utf8JsonWriter json) => json.WriteStringValue(Version);

    public static void Keccak(in RpcCall call, Utf8JsonWriter json) =>
        json.Data(Keccak256.Hash(RpcValue.Bytes(call.Required(0))));

    /// <summary>Decimal, as this one method has it.</summary>
    public void NetworkId(in RpcCall call, Utf8JsonWriter json) =>
        json.WriteStringValue(chain.Genesis.ChainId.ToString(CultureInfo.InvariantCulture));

    public void ChainId(in RpcCall call, Utf8JsonWriter json) => json.Quantity(chain.Genesis.ChainId);

    public static void Yes(in RpcCall call, Utf8JsonWriter json) => json.WriteBooleanValue(true);

    public static void NoAccounts(in RpcCall call, Utf8JsonWriter json)
    {
        json.WriteStartArray();
        json.WriteEndArray();
    }

    public static void Modules(in RpcCall call, Utf8JsonWriter json)
    {
        json.WriteStartObject();
        foreach (var module in new[] { "aitbc", "eth", "net", "rpc", "txpool", "web3" })
            json.WriteString(module, "1.0"u8);
        json.WriteEndObject();
    }

    /// <summary>Memory of this process and the pauses of its garbage collections.</summary>
    public void Runtime(in RpcCall call, Utf8JsonWriter json)
    {
        var (p50, p99, most) = pauses.Quantiles();
        json.WriteStartObject();
        json.Quantity("residentBytes"u8, (ulong)Environment.WorkingSet);
        json.Quantity("heapBytes"u8, (ulong)GC.GetTotalMemory(forceFullCollection: false));
        json.Quantity("collections"u8, (ulong)GC.CollectionCount(0));
        json.Quantity("pauseP50Us"u8, (ulong)p50);
        json.Quantity("pauseP99Us"u8, (ulong)p99);
        json.Quantity("pauseMostUs"u8, (ulong)most);
        json.WriteEndObject();
    }

    public void Status(in RpcCall call, Utf8JsonWriter json)
    {
        var (supply, conserved) = audit.Run();
        json.WriteStartObject();
        json.Quantity("height"u8, chain.Head.Header.Number);
        json.Quantity("oldestBlock"u8, chain.Store.WholeFrom);
        json.Quantity("pending"u8, (ulong)chain.Pool.Count);
        json.Quantity("includedTotal"u8, chain.IncludedTotal);
        json.Quantity("oldestPendingMs"u8, chain.Pool.OldestMs);
        json.WriteStartObject("supply"u8);
        json.Quantity("genesis"u8, supply.Genesis);
        json.Quantity("burned"u8, supply.Burned);
        json.Quantity("total"u8, supply.Total);
        json.WriteEndObject();
        json.WriteBoolean("conservation"u8, conserved);
        json.WriteEndObject();
    }
}

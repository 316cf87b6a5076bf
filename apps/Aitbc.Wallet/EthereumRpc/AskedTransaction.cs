using System.Text;
using System.Text.Json;
using Aitbc.Primitives;

namespace Aitbc.Wallet.EthereumRpc;

/// <summary>
/// Names a transaction object as it was asked for, before anything was filled in: the same members with the same values
/// give the same name, in whatever order they stand.
/// </summary>
internal static class AskedTransaction
{
    public static Hash256 HashOf(JsonElement given)
    {
        if (given.ValueKind != JsonValueKind.Object)
            throw RpcFailure.InvalidParams("invalid argument 0: not a transaction object");
        var members = given.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal)
            .Select(m => $"{JsonEncodedText.Encode(m.Name)}:{m.Value.GetRawText()}\n");
        return Keccak256.Hash(Encoding.UTF8.GetBytes("eth_sendTransaction\n" + string.Concat(members)));
    }
}

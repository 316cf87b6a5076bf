using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Budgets;

/// <summary>Lines of the signing log as they are answered.</summary>
internal static class SpendShapes
{
    public static SpendEntry Entry(SpendRow row, string budget) => new(
        row.Id,
        budget,
        row.Kind,
        row.State,
        row.State == SpendStates.Released ? default : UInt256.FromBigEndian(row.Amount),
        DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs),
        row.Payee is { } payee ? Address.FromBytes(payee) : null,
        row.Contract is { } contract ? Address.FromBytes(contract) : null,
        row.JobId is { } job ? Hash256.FromBytes(job) : null,
        row.Class,
        row.TransactionHash is { } hash ? Hash256.FromBytes(hash) : null,
        row.Reason,
        row.Channel is { } channel ? Hash256.FromBytes(channel) : null,
        row.Price is { } price ? UInt256.FromBigEndian(price) : null);
}

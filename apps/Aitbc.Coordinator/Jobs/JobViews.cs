using System.Text.Json;
using Aitbc.Coordinator.Storage;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Coordinator.Jobs;

/// <summary>What the rows mean.</summary>
internal static class JobViews
{
    public static JobSpec Spec(this JobRow row) =>
        JsonSerializer.Deserialize(row.SpecJson, MarketJson.Default.JobSpec)!;

    public static JobTerms Terms(this JobRow row) =>
        JsonSerializer.Deserialize(row.TermsJson, MarketJson.Default.JobTerms)!;

    public static ReceiptFile? ReceiptFile(this JobRow row) => row.ReceiptJson is { } json
        ? JsonSerializer.Deserialize(json, ReceiptJson.Default.ReceiptFile) : null;

    public static JobView View(this JobRow row)
    {
        var receipt = row.ReceiptFile()?.Receipt;
        return new JobView
        {
            Id = row.Id,
            ClientKey = row.ClientKey,
            State = row.State,
            Spec = row.Spec(),
            Terms = row.Terms(),
            TermsHash = row.TermsHash,
            EscrowJobId = (ulong?)row.EscrowJobId,
            Units = receipt?.Units,
            Charge = receipt?.Charge,
            Credit = row.State == JobState.Refunded ? null : row.Credit,
            OutputHash = row.OutputHash,
            FundTransaction = row.FundTransaction,
            SubmitTransaction = row.SubmitTransaction,
            SettleTransaction = row.SettleTransaction,
            Reason = row.Reason,
            CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAtMs),
            UpdatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.UpdatedAtMs),
        };
    }
}

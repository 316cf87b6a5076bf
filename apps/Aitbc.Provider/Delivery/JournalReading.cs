using System.Text.Json;
using Aitbc.Provider.Journal;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Delivery;

/// <summary>What the payloads of the journal mean.</summary>
internal static class JournalReading
{
    public static string JobId(this JobOrder order) => order.Terms.JobId.ToString();

    public static JobOrder Order(this JobEntry entry) =>
        JsonSerializer.Deserialize(entry.Payload(JobStep.Admitted), ProviderJson.Default.JobOrder)!;

    public static Receipt Receipt(this JobEntry entry) =>
        JsonSerializer.Deserialize(entry.Payload(JobStep.Executed), ProviderJson.Default.Receipt)!;

    /// <summary>Null before the receipt is signed.</summary>
    public static ReceiptFile? ReceiptFile(this JobEntry entry) => entry.Passed(JobStep.Signed)
        ? JsonSerializer.Deserialize(entry.Payload(JobStep.Signed), ProviderJson.Default.ReceiptFile) : null;

    /// <summary>Null when the job did not fail.</summary>
    public static JobFailure? Failure(this JobEntry entry) => entry.Passed(JobStep.Failed)
        ? JsonSerializer.Deserialize(entry.Payload(JobStep.Failed), ProviderJson.Default.JobFailure) : null;
}

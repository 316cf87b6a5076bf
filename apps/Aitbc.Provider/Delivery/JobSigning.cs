using System.Text.Json;
using Aitbc.Provider.Gpu;
using Aitbc.Provider.Journal;
using Aitbc.Provider.Receipts;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Provider.Delivery;

/// <summary>Signs the receipt whose every field is fixed. The key is the wallet's.</summary>
internal sealed class JobSigning(
    JobJournal journal, ReceiptBook book, GpuAttestations attestations, IWalletSigner signer)
{
    public async Task<JobEntry> SignAsync(JobEntry entry, CancellationToken stopping)
    {
        var receipt = entry.Receipt();
        var file = attestations.Beside(await receipt.SignAsync(signer, stopping));
        // Before anybody can see it: what was handed out stands in a book.
        book.Add(receipt.JobId, receipt.Digest());
        return journal.Append(
            entry.JobId, JobStep.Signed, JsonSerializer.Serialize(file, ProviderJson.Default.ReceiptFile));
    }
}

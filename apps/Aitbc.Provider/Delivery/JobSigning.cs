using System.Text.Json;
using Aitbc.Provider.Journal;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Provider.Delivery;

/// <summary>Signs the receipt whose every field is fixed. The key is the wallet's.</summary>
internal sealed class JobSigning(JobJournal journal, IWalletSigner signer)
{
    public async Task<JobEntry> SignAsync(JobEntry entry, CancellationToken stopping)
    {
        var receipt = entry.Receipt();
        var file = await receipt.SignAsync(signer, stopping);
        return journal.Append(
            entry.JobId, JobStep.Signed, JsonSerializer.Serialize(file, ProviderJson.Default.ReceiptFile));
    }
}

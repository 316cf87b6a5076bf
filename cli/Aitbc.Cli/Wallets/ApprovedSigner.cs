using System.Diagnostics;
using System.Text.Json;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Cli.Wallets;

/// <summary>
/// A wallet that is asked again for the same signature, under the same key, until the owner has approved it or the
/// patience is over.
/// </summary>
internal sealed class ApprovedSigner(WalletClient wallet, TimeSpan patience, Output output) : IWalletSigner
{
    private const string Required = "approval_required";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    public async Task<Transaction> SignTransactionAsync(
        Address from, Transaction transaction, CancellationToken cancel = default)
    {
        var key = Guid.NewGuid().ToString("N");
        var started = Stopwatch.GetTimestamp();
        for (var isTold = false; ; isTold = true)
        {
            try
            {
                return await wallet.SignTransactionAsync(from, transaction, key, cancel);
            }
            catch (AitbcException e) when (e.Problem.Code == Required && Stopwatch.GetElapsedTime(started) < patience)
            {
                if (!isTold)
                    output.Progress(e.Problem.Detail + " The owner types 'aitbc budget approve NUMBER'.");
                await Task.Delay(Pause, cancel);
            }
        }
    }

    public Task<Signature> SignMessageAsync(
        Address from, ReadOnlyMemory<byte> message, CancellationToken cancel = default) =>
        wallet.SignMessageAsync(from, message, cancel);

    public Task<Signature> SignTypedDataAsync(
        Address from, JsonElement typedData, CancellationToken cancel = default) =>
        wallet.SignTypedDataAsync(from, typedData, cancel);
}

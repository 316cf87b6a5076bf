using System.Text;
using Aitbc.Primitives;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Payments;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Selling;

/// <summary>One answer that was sold.</summary>
internal sealed record SaleRecord(
    string Answer, SaleOrder Order, Grant Grant, UInt256 Charge, SaleNote Note, string Version, string Text,
    long StartedAtMs, long EndedAtMs);

/// <summary>Counts what was sold, and signs its receipts after the answer has gone out.</summary>
internal sealed class SaleRecords(
    ProviderSelf self, IWalletSigner signer, AnswerStore store, ProviderLifetime lifetime, ILogger<SaleRecords> log)
    : IDisposable
{
    private readonly Lock _gate = new();

    // The wallet signs one after the other anyway.
    private readonly SemaphoreSlim _turn = new(1, 1);

    public long Answers { get; private set; }

    public ulong PromptTokens { get; private set; }

    public ulong OutputTokens { get; private set; }

    public UInt256 Charged { get; private set; }

    public void Dispose() => _turn.Dispose();

    public void Sold(SaleRecord sale)
    {
        lock (_gate)
        {
            Answers++;
            PromptTokens += sale.Note.PromptTokens;
            OutputTokens += sale.Note.OutputTokens;
            Charged += sale.Charge;
        }

        _ = SignAsync(sale);
    }

    private async Task SignAsync(SaleRecord sale)
    {
        try
        {
            await _turn.WaitAsync(lifetime.Stopping);
            try
            {
                var receipt = Receipt(sale, self.Identity!);
                store.KeepReceipt(sale.Answer, await receipt.SignAsync(signer, lifetime.Stopping));
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (Exception e) when (e is HttpRequestException or IOException or Sdk.Errors.AitbcException
            or OperationCanceledException or InvalidDataException or UnauthorizedAccessException)
        {
            log.LogWarning("The receipt of an answer could not be signed: {Reason}", e.Message);
        }
    }

    private static Receipt Receipt(SaleRecord sale, ProviderIdentity me) => new()
    {
        JobId = JobId(sale.Grant),
        ChainId = me.ChainId,
        Escrow = me.EscrowContract,
        Provider = me.Address,
        Client = sale.Grant.Payer,
        Engine = sale.Order.Model.Source.Engine,
        EngineVersion = sale.Version,
        SpecHash = sale.Order.RequestHash,
        InputHash = sale.Order.BodyHash,
        OutputHash = Keccak256.Hash(Encoding.UTF8.GetBytes(sale.Text)),
        Units = sale.Note.PromptTokens + sale.Note.OutputTokens,
        UnitKind = "token",
        Charge = sale.Charge,
        StartedAtMs = (ulong)sale.StartedAtMs,
        EndedAtMs = (ulong)Math.Max(sale.StartedAtMs, sale.EndedAtMs),
    };

    private static Hash256 JobId(Grant grant)
    {
        var bytes = new byte[Address.Length + Hash256.Length];
        grant.Payer.CopyTo(bytes);
        grant.Key.CopyTo(bytes.AsSpan(Address.Length));
        return Keccak256.Hash(bytes);
    }
}

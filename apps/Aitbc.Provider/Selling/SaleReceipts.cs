using System.Collections.Concurrent;
using Aitbc.Primitives;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Gpu;
using Aitbc.Provider.Payments;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Selling;

/// <summary>One answer that was sold.</summary>
internal sealed record SaleRecord(
    string Answer, SaleOrder Order, Grant Grant, UInt256 Charge, string Version, ReadOnlyMemory<byte> Output,
    long StartedAtMs, long EndedAtMs);

/// <summary>
/// Signs the receipts of answers after they have gone out. What they say is on the disk before it counts as charged:
/// neither the end of this process nor a wallet that is away loses one.
/// </summary>
internal sealed class SaleReceipts(
    ProviderSelf self, IWalletSigner signer, AnswerStore store, PaymentJournal journal, GpuStanding gpus,
    GpuAttestations attestations, TimeProvider time, ILogger<SaleReceipts> log) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private readonly ConcurrentQueue<string> _unsigned = new();
    private readonly SemaphoreSlim _wanted = new(0);

    /// <summary>Writes down what the receipt will say; before the charge counts.</summary>
    public void Keep(SaleRecord sale) => store.KeepUnsigned(sale.Answer, Receipt(sale, self.Identity!));

    /// <summary>The charge counts: the receipt can be signed.</summary>
    public void Sign(string answer)
    {
        _unsigned.Enqueue(answer);
        _wanted.Release();
    }

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        // An answer whose charge was not written down does not count, and its payment is good for another.
        foreach (var answer in store.Unsigned())
        {
            if (journal.Uncharged.Contains(answer))
                store.ForgetUnsigned(answer);
            else
                Sign(answer);
        }

        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _wanted.Dispose();
        base.Dispose();
    }

    // The wallet signs one after the other anyway.
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            await _wanted.WaitAsync(stoppingToken);
            if (!_unsigned.TryDequeue(out var answer) || await SignAsync(answer, stoppingToken))
                continue;
            Sign(answer);
            await Task.Delay(Pause, time, stoppingToken);
        }
    }

    /// <summary>False if that may be tried again.</summary>
    private async Task<bool> SignAsync(string answer, CancellationToken cancel)
    {
        try
        {
            if (store.FindUnsigned(answer) is { } receipt)
                store.KeepReceipt(answer, attestations.Beside(await receipt.SignAsync(signer, cancel)));
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or Sdk.Errors.AitbcException
            or InvalidDataException or UnauthorizedAccessException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            log.LogWarning("The receipt of an answer could not be signed yet: {Reason}", e.Message);
            return false;
        }
    }

    private Receipt Receipt(SaleRecord sale, ProviderIdentity me) => new()
    {
        JobId = JobId(sale.Grant),
        ChainId = me.ChainId,
        Escrow = me.EscrowContract,
        Provider = me.Address,
        Client = sale.Grant.Payer,
        Engine = sale.Order.Ware.Engine,
        EngineVersion = sale.Version,
        SpecHash = sale.Order.SpecHash ?? sale.Order.RequestHash,
        InputHash = sale.Order.InputHash,
        OutputHash = Keccak256.Hash(sale.Output.Span),
        Units = sale.Order.Meter.Units,
        UnitKind = sale.Order.Ware.UnitKind,
        Charge = sale.Charge,
        StartedAtMs = (ulong)sale.StartedAtMs,
        EndedAtMs = (ulong)Math.Max(sale.StartedAtMs, sale.EndedAtMs),
        Gpu = gpus.Of(sale.Order.Ware.Engine, (ulong)sale.StartedAtMs),
    };

    private static Hash256 JobId(Grant grant)
    {
        var bytes = new byte[Address.Length + Hash256.Length];
        grant.Payer.CopyTo(bytes);
        grant.Key.CopyTo(bytes.AsSpan(Address.Length));
        return Keccak256.Hash(bytes);
    }
}

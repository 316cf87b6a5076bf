using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator.Gpus;

/// <summary>A receipt that names a device is taken, kept and given as it is; one with a false proof is not.</summary>
public sealed class GpuReceiptTests
{
    [Fact]
    public async Task A_proven_receipt_is_settled_and_read_with_its_attestation_and_a_wrong_one_is_refused()
    {
        await using var market = await Market.StartAsync();
        await market.RegisterAsync(new Offer("ollama", "model/qwen3:8b", "token", 7, 1000, 1_000_000));
        var info = await market.Client.InfoAsync(Cancel);
        var seen = await market.Provider.ProveAsync();
        var job = await OrderAsync(market);
        var (file, output) = await market.ExecuteAsync(job, receipt => receipt with
        {
            Engine = "ollama",
            UnitKind = "token",
            Units = 20,
            Charge = UnitCharge.Of(20, job.Terms.UnitPrice, job.Terms.UnitsPer),
            StartedAtMs = seen.ProvenAtMs,
            EndedAtMs = seen.ProvenAtMs + 1,
            Gpu = new ReceiptGpu(seen.Device, seen.Hash(info.ChainId, info.Escrow)),
        });
        var wrong = file with { GpuAttestation = seen with { ElapsedMs = seen.ElapsedMs + 1 } };
        var right = file with { GpuAttestation = seen };

        var refused = await RefusedAsync(() => market.Provider.SubmitResultAsync(job.Id, wrong, output, Cancel));
        await market.Provider.SubmitResultAsync(job.Id, right, output, Cancel);
        await market.Settler.ReconcileAsync(job.Id, Cancel);
        var read = await market.Client.ReceiptAsync(job.Id, Cancel);

        Assert.Equal((422, ProblemCodes.ReceiptInvalid), (refused.Status, refused.Code));
        Assert.Equal(right, read);
        Assert.True(ReceiptVerifier.Verify(read, [market.ProviderKey.Address]).IsValid);
        Assert.Equal(GpuState.Proven, ReceiptGpuEvidence.Of(read).State);
        Assert.Equal(JobState.Settled, (await market.Client.JobAsync(job.Id, Cancel)).State);
    }

    private static async Task<JobView> OrderAsync(Market market)
    {
        var job = await market.Client.OrderAsync(
            new OrderRequest
            {
                IdempotencyKey = "model-1",
                Spec = new JobSpec
                {
                    Engine = JobSpec.OllamaEngine,
                    Ollama = new OllamaSpec
                    {
                        Model = "qwen3:8b",
                        Messages = [new ChatMessage("user", "hello")],
                        MaxOutputTokens = 10,
                    },
                },
            },
            Cancel);
        market.Fund(job);
        await market.Client.FundedAsync(job.Id, default, Cancel);
        Assert.NotNull(await market.Provider.LeaseAsync(0, Cancel));
        return job;
    }
}

using System.Net;
using Aitbc.Primitives;
using Aitbc.Provider.Receipts;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;
using Aitbc.Testing;
using Services.Tests.Provider.Selling;
using Xunit;

namespace Services.Tests.Provider.Receipts;

/// <summary>What a provider signed in an hour, it published; whoever trusts nobody can check it.</summary>
public sealed class ReceiptRootTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Receipts_of_an_hour_stand_under_the_root_that_their_provider_published()
    {
        await using var world = await SellingWorld.StartAsync();
        var receipts = Enumerable.Range(1, 5).Select(i => Receipt(world, (byte)i)).ToList();
        foreach (var receipt in receipts)
            world.Service<ReceiptBook>().Add(receipt.JobId, receipt.Digest());
        var open = await ProofAsync(world, receipts[0]);
        Assert.Equal((false, null), (open.Published, open.Proof));
        await HourLaterAsync(world);
        await world.Service<RootPublishing>().LookAsync(Cancel);
        var nonce = await world.Chain.NonceAsync(world.Provider, Cancel);
        await world.Service<RootPublishing>().LookAsync(Cancel);

        Assert.Equal(nonce, await world.Chain.NonceAsync(world.Provider, Cancel));
        foreach (var receipt in receipts)
        {
            var proof = await ProofAsync(world, receipt);
            Assert.True(proof.Published);
            Assert.Equal(ReceiptVerdict.Valid, await VerifyAsync(world, receipt, proof));
            // The provider signs something else for the job afterwards: it was not what it published.
            var other = receipt with { Units = receipt.Units + 1 };
            Assert.Equal(ReceiptVerdict.NotAnchored, await VerifyAsync(world, other, proof));
            // A proof that names another tree.
            Assert.Equal(
                ReceiptVerdict.NotAnchored, await VerifyAsync(world, receipt, proof with { Epoch = proof.Epoch + 1 }));
        }
    }

    [Fact]
    public async Task After_a_restart_nothing_is_published_twice_and_nothing_comes_into_a_closed_hour()
    {
        await using var world = await SellingWorld.StartAsync();
        var (early, late) = (Receipt(world, 1), Receipt(world, 2));
        world.Service<ReceiptBook>().Add(early.JobId, early.Digest());
        await HourLaterAsync(world);
        await world.Service<RootPublishing>().LookAsync(Cancel);
        var nonce = await world.Chain.NonceAsync(world.Provider, Cancel);
        await world.RestartAsync();
        // The clock is set back into the hour that is closed.
        world.Time.Advance(-TimeSpan.FromHours(2));
        world.Service<ReceiptBook>().Add(late.JobId, late.Digest());
        world.Service<ReceiptBook>().Add(early.JobId, early.Digest());
        world.Time.Advance(TimeSpan.FromHours(2));
        await world.Service<RootPublishing>().LookAsync(Cancel);

        Assert.Equal(nonce, await world.Chain.NonceAsync(world.Provider, Cancel));
        var (proof, other) = (await ProofAsync(world, early), await ProofAsync(world, late));
        Assert.Equal(ReceiptVerdict.Valid, await VerifyAsync(world, early, proof));
        Assert.True(other.Epoch > proof.Epoch);
        await HourLaterAsync(world);
        await world.Service<RootPublishing>().LookAsync(Cancel);
        Assert.Equal(ReceiptVerdict.Valid, await VerifyAsync(world, late, await ProofAsync(world, late)));
    }

    [Fact]
    public async Task Half_a_receipt_that_a_crash_left_in_the_book_moves_no_other_one()
    {
        await using var world = await SellingWorld.StartAsync();
        var (before, after) = (Receipt(world, 1), Receipt(world, 2));
        world.Service<ReceiptBook>().Add(before.JobId, before.Digest());
        await world.RestartAsync(() =>
        {
            var file = Directory.EnumerateFiles(
                Path.Combine(world.Options.DataDirectory, "receipts"), "*.leaves").Single();
            File.AppendAllBytes(file, new byte[40]);
        });
        world.Service<ReceiptBook>().Add(after.JobId, after.Digest());
        await HourLaterAsync(world);
        await world.Service<RootPublishing>().LookAsync(Cancel);
        foreach (var receipt in new[] { before, after })
        {
            var proof = await ProofAsync(world, receipt);
            Assert.Equal(2UL, proof.Count);
            Assert.Equal(ReceiptVerdict.Valid, await VerifyAsync(world, receipt, proof));
        }
    }

    [Fact]
    public async Task A_job_without_a_receipt_has_no_proof()
    {
        await using var world = await SellingWorld.StartAsync();
        using var unknown = await world.Http.GetAsync($"/v1/receipts/{Keccak256.Hash([9])}/proof", Cancel);
        using var nonsense = await world.Http.GetAsync("/v1/receipts/..%2f..%2fpayments/proof", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, nonsense.StatusCode);
        Assert.Contains("receipt_not_found", await unknown.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    private static async Task HourLaterAsync(SellingWorld world)
    {
        world.Time.Advance(TimeSpan.FromMinutes(62));
        // The chain's time is that of its newest block.
        await world.Sender.SendAsync(
            TestAccounts.Key(3).Address, new CallRequest(Address.Zero, default, UInt256.One), Cancel);
    }

    private static async Task<ReceiptProof> ProofAsync(SellingWorld world, Receipt receipt)
    {
        var bytes = await world.Http.GetByteArrayAsync($"/v1/receipts/{receipt.JobId}/proof", Cancel);
        return Assert.IsType<ReceiptProof>(ReceiptProof.TryParse(bytes));
    }

    private static async Task<ReceiptVerdict> VerifyAsync(SellingWorld world, Receipt receipt, ReceiptProof proof)
    {
        using var signer = new LocalSigner(TestAccounts.Key(1));
        var file = await receipt.SignAsync(signer, Cancel);
        return (await ReceiptVerifier.VerifyAnchoredAsync(file, [world.Provider], proof, world.Chain, Cancel)).Verdict;
    }

    private static Receipt Receipt(SellingWorld world, byte number) => new()
    {
        JobId = Keccak256.Hash([number]),
        ChainId = 7777,
        Escrow = SystemContractAddresses.JobEscrow,
        Provider = world.Provider,
        Client = TestAccounts.Key(0).Address,
        Engine = "wasm",
        EngineVersion = "1",
        SpecHash = Keccak256.Hash([number, 1]),
        InputHash = Keccak256.Hash([number, 2]),
        OutputHash = Keccak256.Hash([number, 3]),
        Units = number,
        UnitKind = "fuel",
        Charge = (UInt256)(ulong)number,
        StartedAtMs = 1,
        EndedAtMs = 2,
    };
}

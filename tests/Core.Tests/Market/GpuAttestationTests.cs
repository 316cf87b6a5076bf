using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using CsCheck;
using Xunit;

namespace Core.Tests.Market;

/// <summary>What an asker signs of a device, and how offers and receipts name it.</summary>
public sealed class GpuAttestationTests
{
    private const ulong Chain = 7777;
    private static readonly Address Escrow = Account(2);

    private static readonly Eip712Type WithoutGpu = Eip712Type.Parse(
        "Receipt(bytes32 jobId,uint256 chainId,address escrow,address provider,address client,string engine,"
        + "string engineVersion,bytes32 specHash,bytes32 inputHash,bytes32 outputHash,uint256 units,string unitKind,"
        + "uint256 charge,uint64 startedAtMs,uint64 endedAtMs)");

    private static readonly Gen<Receipt> Receipts =
        from bytes in Gen.Byte.Array[32].Array[5]
        from units in Gen.ULong
        from times in Gen.ULong.Array[2]
        from text in Gen.String
        select new Receipt
        {
            JobId = Hash256.FromBytes(bytes[0]),
            ChainId = Chain,
            Escrow = Escrow,
            Provider = Account(bytes[1][0]),
            Client = Account(bytes[1][1]),
            Engine = text,
            EngineVersion = text,
            SpecHash = Hash256.FromBytes(bytes[2]),
            InputHash = Hash256.FromBytes(bytes[3]),
            OutputHash = Hash256.FromBytes(bytes[4]),
            Units = units,
            UnitKind = "token",
            Charge = units,
            StartedAtMs = times[0],
            EndedAtMs = times[1],
        };

    [Fact]
    public void What_a_wallet_signs_is_what_a_verifier_hashes()
    {
        var seen = Seen(Account(4), Account(5));

        Assert.Equal(seen.Hash(Chain, Escrow), Eip712.HashTypedData(seen.ToTypedData(Chain, Escrow)));
        Assert.NotEqual(seen.Hash(Chain, Escrow), seen.Hash(Chain + 1, Escrow));
    }

    [Fact]
    public async Task Every_changed_field_breaks_the_signature_of_the_asker()
    {
        using var asker = Signer(9);
        var seen = await SignedAsync(asker);
        GpuAttestation[] changed =
        [
            seen with { Provider = Account(7) },
            seen with { Device = "NVIDIA H100" },
            seen with { MemoryMib = 2 },
            seen with { Seed = Keccak256.Hash([2]) },
            seen with { Lanes = 17 },
            seen with { Steps = 65 },
            seen with { Digest = default },
            seen with { ElapsedMs = 1 },
            seen with { LanesChecked = 1 },
            seen with { Asker = Account(7) },
            seen with { ProvenAtMs = 1 },
            seen with { Signature = "" },
            seen with { Signature = "0x" + new string('1', 130) },
        ];

        Assert.Null(seen.Problem(seen.Provider, seen.Device, Chain, Escrow));
        Assert.All(changed, c => Assert.False(c.IsSignedByAsker(Chain, Escrow)));
        Assert.All(changed, c => Assert.NotNull(c.Problem(c.Provider, c.Device, Chain, Escrow)));
    }

    [Fact]
    public async Task One_is_worth_nothing_for_another_provider_or_device_nor_if_the_provider_signed_it_itself()
    {
        using var asker = Signer(9);
        var seen = await SignedAsync(asker);
        var own = await (seen with { Provider = asker.Address }).SignAsync(asker, Chain, Escrow, Cancel);

        Assert.NotNull(seen.Problem(Account(7), seen.Device, Chain, Escrow));
        Assert.NotNull(seen.Problem(seen.Provider, "NVIDIA H100", Chain, Escrow));
        Assert.NotNull(seen.Problem(seen.Provider, seen.Device, Chain + 1, Escrow));
        Assert.NotNull(own.Problem(asker.Address, own.Device, Chain, Escrow));
    }

    [Theory]
    [InlineData("", 8, 16, 64, 16)]
    [InlineData("a\u001b[2J", 8, 16, 64, 16)]
    [InlineData("card", 0, 16, 64, 16)]
    [InlineData("card", 16_777_217, 16, 64, 16)]
    [InlineData("card", 8, 0, 64, 16)]
    [InlineData("card", 8, 16, -1, 16)]
    [InlineData("card", 8, 16, 64, 0)]
    [InlineData("card", 8, 16, 64, 17)]
    public async Task Values_out_of_their_range_are_a_problem_whoever_signed_them(
        string device, ulong memory, int lanes, int steps, int checkedLanes)
    {
        using var asker = Signer(9);
        var seen = await (Seen(Account(4), asker.Address) with
        {
            Device = device,
            MemoryMib = memory,
            Lanes = lanes,
            Steps = steps,
            LanesChecked = checkedLanes,
        }).SignAsync(asker, Chain, Escrow, Cancel);

        Assert.NotNull(seen.Problem(seen.Provider, device, Chain, Escrow));
    }

    [Fact]
    public void It_is_evidence_for_seven_days_and_not_of_what_was_before()
    {
        var seen = Seen(Account(4), Account(5));
        var end = seen.ProvenAtMs + GpuAttestation.LongestAgeMs + GpuAttestation.ClockToleranceMs;

        Assert.True(seen.IsCurrent(seen.ProvenAtMs));
        Assert.True(seen.IsCurrent(end));
        Assert.False(seen.IsCurrent(end + 1));
        Assert.True(seen.IsCurrent(seen.ProvenAtMs - GpuAttestation.ClockToleranceMs));
        Assert.False(seen.IsCurrent(seen.ProvenAtMs - GpuAttestation.ClockToleranceMs - 1));
        Assert.False((seen with { ProvenAtMs = ulong.MaxValue }).IsCurrent(1));
        Assert.False(seen.IsCurrent(ulong.MaxValue));
    }

    [Fact]
    public void A_receipt_without_a_graphics_processor_keeps_its_digest_and_one_with_it_has_another() =>
        Receipts.Sample(receipt =>
        {
            var before = Eip712.Digest(MarketDomain.Of(Chain, Escrow), WithoutGpu.HashStruct(
                receipt.JobId, (UInt256)receipt.ChainId, receipt.Escrow, receipt.Provider, receipt.Client,
                receipt.Engine, receipt.EngineVersion, receipt.SpecHash, receipt.InputHash, receipt.OutputHash,
                (UInt256)receipt.Units, receipt.UnitKind, receipt.Charge, (UInt256)receipt.StartedAtMs,
                (UInt256)receipt.EndedAtMs));
            var claimed = receipt with { Gpu = new ReceiptGpu("card", default) };
            var proven = receipt with { Gpu = new ReceiptGpu("card", Keccak256.Hash([1])) };
            var other = receipt with { Gpu = new ReceiptGpu("", default) };
            return receipt.Digest() == before
                && new[] { receipt, claimed, proven, other }.Select(r => r.Digest()).Distinct().Count() == 4
                && proven.Digest() == Eip712.HashTypedData(proven.ToTypedData());
        });

    [Theory]
    [InlineData("wasm", false)]
    [InlineData("js", false)]
    [InlineData("container/sha256:0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData("container-gpu/sha256:0000000000000000000000000000000000000000000000000000000000000000", true)]
    [InlineData("model/qwen3:8b", true)]
    [InlineData("gpu/h100-80g", true)]
    public void Work_of_a_class_may_run_on_a_graphics_processor_or_cannot(string name, bool may) =>
        Assert.Equal(may, ResourceClass.TryParse(name)!.MayUseGpu);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static Task<GpuAttestation> SignedAsync(LocalSigner asker) =>
        Seen(Account(4), asker.Address).SignAsync(asker, Chain, Escrow, Cancel);

    private static GpuAttestation Seen(Address provider, Address asker) => new()
    {
        Provider = provider,
        Device = "NVIDIA H200",
        MemoryMib = 143_771,
        Seed = Keccak256.Hash([1]),
        Lanes = 16,
        Steps = 64,
        Digest = Keccak256.Hash([3]),
        ElapsedMs = 900,
        LanesChecked = 16,
        Asker = asker,
        ProvenAtMs = 1_790_000_000_000,
    };

    private static LocalSigner Signer(byte number) =>
        new(PrivateKey.FromBytes([.. Enumerable.Repeat((byte)0, 31), number]));

    private static Address Account(byte number) => Address.FromBytes([.. Enumerable.Repeat(number, 20)]);
}

using System.Text;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;
using Xunit;

namespace Services.Tests.Jobs;

public sealed class ReceiptTests
{
    private static readonly byte[] Output = Encoding.UTF8.GetBytes("lines 3\n");

    [Fact]
    public void What_a_wallet_signs_is_what_a_verifier_hashes()
    {
        var receipt = Sample(Key(2).Address);
        Assert.Equal(receipt.Digest(), Eip712.HashTypedData(receipt.ToTypedData()));
    }

    [Fact]
    public async Task The_golden_receipt_file_reads_verifies_and_is_written_again_to_the_byte()
    {
        var path = Path.Combine(RepositoryRoot(), "specs", "vectors", "receipt.json");
        using var key = Key(2);
        using var signer = new LocalSigner(key);
        var made = await Sample(key.Address).SignAsync(signer, TestContext.Current.CancellationToken);
        if (Environment.GetEnvironmentVariable("AITBC_WRITE_SPECS") == "1")
            await File.WriteAllTextAsync(path, made.ToJson() + "\n", TestContext.Current.CancellationToken);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var file = ReceiptFile.TryParse(bytes);
        Assert.Equal(made, file);
        Assert.Equal(Encoding.UTF8.GetString(bytes), file!.ToJson() + "\n");
        Assert.True(ReceiptVerifier.Verify(file, [key.Address], Output).IsValid);
    }

    [Fact]
    public async Task The_golden_receipt_with_a_proven_device_reads_verifies_and_is_written_again_to_the_byte()
    {
        var path = Path.Combine(RepositoryRoot(), "specs", "vectors", "receipt-gpu.json");
        var made = await ProvenAsync();
        if (Environment.GetEnvironmentVariable("AITBC_WRITE_SPECS") == "1")
            await File.WriteAllTextAsync(path, made.ToJson() + "\n", TestContext.Current.CancellationToken);
        var bytes = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        var file = ReceiptFile.TryParse(bytes);
        Assert.Equal(made, file);
        Assert.Equal(Encoding.UTF8.GetString(bytes), file!.ToJson() + "\n");
        Assert.True(ReceiptVerifier.Verify(file, [made.Provider], Output).IsValid);
        var evidence = ReceiptGpuEvidence.Of(file);
        Assert.Equal("proven", evidence.State);
        Assert.Equal(
            $"NVIDIA H200, proven to {Key(3).Address} at 2026-09-21 14:08:20Z (1024 MiB in 900 ms, 16 lanes checked)",
            evidence.Sentence);
    }

    [Fact]
    public async Task What_a_receipt_says_of_a_device_without_its_attestation_is_a_claim()
    {
        var proven = await ProvenAsync();
        var claimed = await SignedAsync(proven.Receipt with { Gpu = new ReceiptGpu("NVIDIA H200", default) });
        var bare = proven with { GpuAttestation = null };
        var none = await SignedAsync(Sample(proven.Provider));

        Assert.All([claimed, bare, none], f => Assert.Equal(ReceiptVerdict.Valid, Verdict(f, proven.Provider)));
        Assert.Equal(new("claimed", "NVIDIA H200, merely claimed"), ReceiptGpuEvidence.Of(claimed));
        Assert.Equal("claimed", ReceiptGpuEvidence.Of(bare).State);
        Assert.Contains("is not in the file", ReceiptGpuEvidence.Of(bare).Sentence, StringComparison.Ordinal);
        Assert.Equal("none", ReceiptGpuEvidence.Of(none).State);
        Assert.DoesNotContain("gpu", none.ToJson(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task An_attestation_that_does_not_show_what_the_receipt_says_has_a_verdict_of_its_own()
    {
        var proven = await ProvenAsync();
        var (receipt, seen) = (proven.Receipt, proven.GpuAttestation!);
        using var own = Key(2);
        using var signer = new LocalSigner(own);
        var hash = seen.Hash(receipt.ChainId, receipt.Escrow);
        var bySelf = await (seen with { Asker = own.Address }).SignAsync(signer, receipt.ChainId, receipt.Escrow);
        var ofAnother = await SeenAsync(s => s with { Provider = Key(9).Address });
        var unsigned = seen with { Signature = "" };
        ReceiptFile[] wrong =
        [
            await SignedAsync(receipt with { Gpu = null }, seen),
            await SignedAsync(receipt with { Gpu = new ReceiptGpu("NVIDIA H200", default) }, seen),
            await SignedAsync(receipt with { Gpu = new ReceiptGpu("NVIDIA B200", hash) }, seen),
            await SignedAsync(receipt, seen with { ElapsedMs = 1 }),
            await SignedAsync(receipt, unsigned),
            await SignedAsync(receipt with { Gpu = Named(bySelf) }, bySelf),
            await SignedAsync(receipt with { Gpu = Named(ofAnother) }, ofAnother),
            await SignedAsync(receipt with { StartedAtMs = seen.ProvenAtMs - 300_001 }, seen),
            await SignedAsync(receipt with { StartedAtMs = seen.ProvenAtMs + (7 * 86_400_000UL) + 300_001,
                EndedAtMs = ulong.MaxValue }, seen),
        ];

        foreach (var (file, at) in wrong.Select((w, at) => (w, at)))
            Assert.Equal((at, ReceiptVerdict.BadGpuProof), (at, Verdict(file, own.Address)));
        var hostile = await SignedAsync(receipt with { Gpu = new ReceiptGpu("a\u001b[2J", default) });
        Assert.Equal(ReceiptVerdict.Malformed, Verdict(hostile, own.Address));
        var onNone = await SignedAsync(receipt with { Engine = "wasm" }, seen);
        Assert.Equal(ReceiptVerdict.Malformed, Verdict(onNone, own.Address));
        Assert.Equal(ReceiptVerdict.BadSignature, Verdict(
            proven with { Receipt = receipt with { Gpu = null }, GpuAttestation = null }, own.Address));
    }

    [Fact]
    public async Task The_key_inside_a_receipt_proves_nothing()
    {
        using var key = Key(2);
        using var signer = new LocalSigner(key);
        var file = await Sample(key.Address).SignAsync(signer, TestContext.Current.CancellationToken);
        Assert.Equal(ReceiptVerdict.UnknownProvider, Verdict(file, Key(9).Address));
        Assert.Equal(ReceiptVerdict.UnknownProvider, ReceiptVerifier.Verify(file, []).Verdict);
        Assert.Equal(ReceiptVerdict.Malformed, Verdict(file with { Provider = Key(9).Address }, Key(9).Address));
        var stolen = file with
        {
            Provider = Key(9).Address,
            Receipt = file.Receipt with { Provider = Key(9).Address },
        };
        Assert.Equal(ReceiptVerdict.BadSignature, Verdict(stolen, Key(9).Address));
    }

    [Fact]
    public async Task Every_changed_field_breaks_the_signature()
    {
        using var key = Key(2);
        using var signer = new LocalSigner(key);
        var file = await Sample(key.Address).SignAsync(signer, TestContext.Current.CancellationToken);
        Receipt[] changed =
        [
            file.Receipt with { JobId = default },
            file.Receipt with { ChainId = 1 },
            file.Receipt with { Escrow = Address.Zero },
            file.Receipt with { Client = Address.Zero },
            file.Receipt with { Engine = "ollama" },
            file.Receipt with { EngineVersion = "2" },
            file.Receipt with { SpecHash = default },
            file.Receipt with { InputHash = default },
            file.Receipt with { OutputHash = default },
            file.Receipt with { Units = 1 },
            file.Receipt with { UnitKind = "token" },
            file.Receipt with { Charge = 1 },
            file.Receipt with { StartedAtMs = 1 },
            file.Receipt with { EndedAtMs = ulong.MaxValue },
        ];
        foreach (var receipt in changed)
            Assert.Equal(ReceiptVerdict.BadSignature, Verdict(file with { Receipt = receipt }, key.Address));
        Assert.Equal(ReceiptVerdict.WrongHash, ReceiptVerifier.Verify(file, [key.Address], [1]).Verdict);
        Assert.Equal(ReceiptVerdict.Malformed, Verdict(file with { Signature = "0x12" }, key.Address));
        Assert.Equal(ReceiptVerdict.Malformed, ReceiptVerifier.Verify(null, [key.Address]).Verdict);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{\"receipt\":null,\"signature\":\"0x\",\"provider\":\"0x0000000000000000000000000000000000000000\"}")]
    public void What_is_no_receipt_file_is_malformed(string text)
    {
        var file = ReceiptFile.TryParse(Encoding.UTF8.GetBytes(text));
        Assert.Equal(ReceiptVerdict.Malformed, ReceiptVerifier.Verify(file, []).Verdict);
    }

    [Fact]
    public void Specifications_hash_every_limit_and_input()
    {
        var wasm = new WasmSpec
        {
            ModuleHash = Keccak256.Hash([1]),
            InputHash = Keccak256.Hash([2]),
            MaxFuel = 10,
            MaxMemoryMib = 1,
            Args = ["a"],
        };
        WasmSpec[] all =
        [
            wasm, wasm with { ModuleHash = default }, wasm with { InputHash = default }, wasm with { MaxFuel = 11 },
            wasm with { MaxMemoryMib = 2 }, wasm with { Args = ["a", ""] }, wasm with { Args = ["b"] },
        ];
        var chat = new OllamaSpec { Model = "m", Messages = [new("user", "hi")], MaxOutputTokens = 5 };
        OllamaSpec[] chats =
        [
            chat, chat with { Model = "n" }, chat with { Messages = [new("system", "hi")] },
            chat with { Messages = [new("user", "ho")] }, chat with { MaxOutputTokens = 6 }, chat with { Seed = 0 },
        ];
        var hashes = all.Select(w => new JobSpec { Engine = "wasm", Wasm = w }.Hash())
            .Concat(chats.Select(c => new JobSpec { Engine = "ollama", Ollama = c }.Hash()))
            .Concat(Scripts().Select(s => new JobSpec { Engine = "js", Js = s }.Hash()))
            .Append(new JobSpec { Engine = "openai", OpenAi = AsOpenAi(chat) }.Hash()).ToList();
        Assert.Equal(hashes.Count, hashes.Distinct().Count());
        Assert.Equal(1024UL + 5 + 64 + 2, new JobSpec { Engine = "ollama", Ollama = chat }.WorstCaseUnits());
    }

    [Fact]
    public void A_specification_has_exactly_the_part_of_its_engine()
    {
        var script = Scripts()[0];
        Assert.Null(new JobSpec { Engine = "js", Js = script }.Problem());
        Assert.NotNull(new JobSpec { Engine = "js" }.Problem());
        Assert.NotNull(new JobSpec { Engine = "wasm", Js = script }.Problem());
        Assert.NotNull(new JobSpec { Engine = "python", Js = script }.Problem());
        Assert.NotNull(new JobSpec { Engine = "js", Js = script with { MaxStatements = 0 } }.Problem());
        Assert.NotNull(new JobSpec { Engine = "js", Js = script with { Seed = new string('x', 65) } }.Problem());
    }

    [Fact]
    public void Nothing_leaves_a_terminal_state_and_no_state_moves_to_itself()
    {
        foreach (var from in Enum.GetValues<JobState>())
        {
            Assert.False(JobStateMachine.CanMove(from, from));
            foreach (var to in Enum.GetValues<JobState>().Where(_ => JobStateMachine.IsTerminal(from)))
                Assert.False(JobStateMachine.CanMove(from, to));
        }
    }

    [Theory]
    [InlineData(0, 7, 1000, 0)]
    [InlineData(1, 7, 1000, 1)]
    [InlineData(1000, 7, 1000, 7)]
    [InlineData(1001, 7, 1000, 8)]
    [InlineData(5, 3, 1, 15)]
    public void A_charge_is_rounded_up_to_the_next_atto(ulong units, ulong price, ulong per, ulong charge) =>
        Assert.Equal((UInt256)charge, UnitCharge.Of(units, price, per));

    private static JsSpec[] Scripts()
    {
        var script = new JsSpec
        {
            ScriptHash = Keccak256.Hash([1]),
            InputHash = Keccak256.Hash([2]),
            MaxStatements = 10,
            MaxMemoryMib = 1,
        };
        return
        [
            script, script with { ScriptHash = default }, script with { InputHash = default },
            script with { MaxStatements = 11 }, script with { MaxMemoryMib = 2 }, script with { Seed = "a" },
        ];
    }

    private static OpenAiSpec AsOpenAi(OllamaSpec chat) =>
        new() { Model = chat.Model, Messages = chat.Messages, MaxOutputTokens = chat.MaxOutputTokens };

    private static ReceiptVerdict Verdict(ReceiptFile file, Address trusted) =>
        ReceiptVerifier.Verify(file, [trusted]).Verdict;

    private static async Task<ReceiptFile> ProvenAsync()
    {
        var seen = await SeenAsync(s => s);
        var receipt = Sample(seen.Provider) with { Engine = "ollama", UnitKind = "token", Gpu = Named(seen) };
        return await SignedAsync(receipt, seen);
    }

    private static ReceiptGpu Named(GpuAttestation seen) =>
        new("NVIDIA H200", seen.Hash(7777, SystemContractAddresses.JobEscrow));

    private static async Task<ReceiptFile> SignedAsync(Receipt receipt, GpuAttestation? seen = null)
    {
        using var key = Key(2);
        using var signer = new LocalSigner(key);
        return await receipt.SignAsync(signer, TestContext.Current.CancellationToken) with { GpuAttestation = seen };
    }

    private static async Task<GpuAttestation> SeenAsync(Func<GpuAttestation, GpuAttestation> change)
    {
        using var asker = Key(3);
        using var provider = Key(2);
        using var signer = new LocalSigner(asker);
        var seen = new GpuAttestation
        {
            Provider = provider.Address,
            Device = "NVIDIA H200",
            MemoryMib = 143_771,
            Seed = Keccak256.Hash([4]),
            Lanes = 16_384,
            Steps = 64,
            Digest = Keccak256.Hash([5]),
            ElapsedMs = 900,
            LanesChecked = 16,
            Asker = asker.Address,
            ProvenAtMs = 1_789_999_700_000,
        };
        return await change(seen).SignAsync(
            signer, 7777, SystemContractAddresses.JobEscrow, TestContext.Current.CancellationToken);
    }

    private static PrivateKey Key(byte number) =>
        PrivateKey.FromBytes([.. Enumerable.Repeat((byte)0, 31), number]);

    private static Receipt Sample(Address provider) => new()
    {
        JobId = JobId.Derive(Key(1).Address, "golden"),
        ChainId = 7777,
        Escrow = SystemContractAddresses.JobEscrow,
        Provider = provider,
        Client = Key(1).Address,
        Engine = "wasm",
        EngineVersion = "golden 1",
        SpecHash = Keccak256.Hash([1]),
        InputHash = Keccak256.Hash([2]),
        OutputHash = Keccak256.Hash(Output),
        Units = 123_456_789,
        UnitKind = "fuel",
        Charge = UInt256.Parse("123456789000000000000"),
        StartedAtMs = 1_790_000_000_000,
        EndedAtMs = 1_790_000_000_250,
    };

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Aitbc.slnx")))
            folder = folder.Parent;
        return folder.FullName;
    }
}

using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Bonds;
using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Ledger.Contracts.ReceiptRoots;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Merkle;
using Xunit;
using JobReceipt = Aitbc.Sdk.Jobs.Receipt;

namespace Core.Tests.Ledger;

/// <summary>How a bond is lost: contradictions of receipts that the market's own library signs, and verdicts.</summary>
public sealed class BondSlashingTests
{
    private const int Client = 0;
    private const int Provider = 1;
    private const int Evaluator = 2;
    private const int Reporter = 3;
    private static readonly Address Contract = SystemContracts.ProviderBonds;
    private static readonly UInt256 Ait = Amount.FromAit(1).Atto;

    [Fact]
    public void Two_receipts_of_one_job_cost_half_of_the_bond_once()
    {
        var net = Bonded(20);
        var (supply, reporter) = (Supply.Read(net.Store), net.BalanceOf(net.At(Reporter)));
        var (first, second) = (Statement(net, "a"), Statement(net, "b"));
        var receipt = Report(net, first, second);
        Assert.True(receipt.Succeeded);
        Assert.Equal(Ait * 10UL, Number(net, BondsAbi.BondOf));
        Assert.Equal(Ait * 10UL, Number(net, BondsAbi.SlashedOf));
        // The job is not in the escrow, so nobody was harmed: a twentieth to the reporter, the rest is burned.
        var part = Ait / 2UL;
        Assert.Equal(
            [
                net.At(Provider), first.JobId, Ait * 10UL, Address.Zero, UInt256.Zero, net.At(Reporter), part,
                (Ait * 10UL) - part,
            ],
            BondsAbi.Slashed.TryDecode(receipt.Logs[^1].Topics, receipt.Logs[^1].Data.Span));
        Assert.Equal(
            reporter + part - (receipt.EffectiveGasPrice * receipt.GasUsed), net.BalanceOf(net.At(Reporter)));
        var fee = net.Head.BaseFeePerGas * net.Head.GasUsed;
        Assert.Equal(supply.Burned + fee + (Ait * 10UL) - part, Supply.Read(net.Store).Burned);
        Assert.Equal([true], net.View(Contract, BondsAbi.IsPunished, net.At(Provider), first.JobId));
        Assert.Equal("AlreadyPunished()", Refusal(net, first, Statement(net, "c")));
        Assert.Equal("AlreadyPunished()", Refusal(net, second, first));
        Assert.Null(Refusal(net, Statement(net, "a", "other job"), Statement(net, "b", "other job")));
    }

    [Fact]
    public void The_client_who_paid_is_compensated_out_of_the_bond()
    {
        var net = Bonded(20);
        var charge = Ait * 2UL;
        net.Escrow(
            Client, EscrowAbi.OpenJob, Ait * 3UL, JobId.ClientKey("k"), net.At(Provider), net.At(Evaluator),
            (UInt256)(net.Seconds + 600), UInt256.Zero, Hash256.Zero);
        var key = JobId.Derive(net.At(Client), "k");
        var said = Statement(net, "a") with { JobId = key };
        net.Escrow(
            Provider, EscrowAbi.Submit, default, UInt256.One, said.Digest(),
            Hash256.FromUInt256(charge).ToArray());
        Assert.True(net.Escrow(
            Evaluator, EscrowAbi.Complete, default, UInt256.One, Hash256.Zero, Array.Empty<byte>()).Succeeded);
        var before = net.BalanceOf(net.At(Client));
        var receipt = Report(net, said, said with { OutputHash = Hash256.Zero });
        Assert.True(receipt.Succeeded);
        Assert.Equal(before + charge, net.BalanceOf(net.At(Client)));
        var slashed = BondsAbi.Slashed.TryDecode(receipt.Logs[^1].Topics, receipt.Logs[^1].Data.Span)!;
        Assert.Equal([Ait * 10UL, net.At(Client), charge], slashed[2..5]);
    }

    [Fact]
    public void A_client_who_was_not_charged_receives_nothing()
    {
        var net = Bonded(20);
        net.Escrow(
            Client, EscrowAbi.OpenJob, Ait * 3UL, JobId.ClientKey("k"), net.At(Provider), net.At(Evaluator),
            (UInt256)(net.Seconds + 600), UInt256.Zero, Hash256.Zero);
        var said = Statement(net, "a") with { JobId = JobId.Derive(net.At(Client), "k") };
        var before = net.BalanceOf(net.At(Client));
        Assert.True(Report(net, said, said with { Units = 9 }).Succeeded);
        Assert.Equal(before, net.BalanceOf(net.At(Client)));
    }

    [Fact]
    public void Slashing_oneself_with_an_accomplice_in_every_place_loses_45_percent_of_it()
    {
        var net = Bonded(20);
        // The provider is client and reporter too, and the job's price exceeds the bond.
        net.Escrow(
            Provider, EscrowAbi.OpenJob, Ait * 50UL, JobId.ClientKey("k"), net.At(Provider), net.At(Evaluator),
            (UInt256)(net.Seconds + 600), UInt256.Zero, Hash256.Zero);
        var said = Statement(net, "a") with { JobId = JobId.Derive(net.At(Provider), "k"), Client = net.At(Provider) };
        net.Escrow(Provider, EscrowAbi.Submit, default, UInt256.One, said.Digest(), Array.Empty<byte>());
        net.Escrow(Evaluator, EscrowAbi.Complete, default, UInt256.One, Hash256.Zero, Array.Empty<byte>());
        var before = net.BalanceOf(net.At(Provider));
        var receipt = net.Send(
            Provider, Contract, BondsAbi.ReportReceipts, default, Evidence(net, said, said with { Units = 9 }));
        Assert.True(receipt.Succeeded);
        var gained = net.BalanceOf(net.At(Provider)) + (receipt.EffectiveGasPrice * receipt.GasUsed) - before;
        Assert.Equal(Ait * 10UL * 55UL / 100UL, gained);
    }

    [Fact]
    public void A_signed_receipt_that_differs_from_the_published_root_costs_the_bond()
    {
        var net = Bonded(20);
        var said = Statement(net, "a");
        var published = Statement(net, "b").Digest();
        List<Hash256> leaves = [Keccak256.Hash("x"u8), ReceiptTree.Leaf(said.JobId, published), Keccak256.Hash("y"u8)];
        object?[] proof = [.. ReceiptTree.Prove(leaves, 1)];
        Assert.True(net.Send(
            Provider, SystemContracts.ReceiptRoots, ReceiptRootsContract.Publish, default, UInt256.One,
            ReceiptTree.Root(leaves), (UInt256)3UL).Succeeded);
        object?[] Place(Hash256 digest, ulong index) =>
            [Tuple(said), Sign(net, said), UInt256.One, digest, (UInt256)index, proof];
        Assert.Equal("NotInRoot()", Refusal(net, BondsAbi.ReportRoot, Place(published, 0)));
        Assert.Equal("NotInRoot()", Refusal(net, BondsAbi.ReportRoot, Place(said.Digest(), 1)));
        Assert.True(net.Send(Reporter, Contract, BondsAbi.ReportRoot, default, Place(published, 1)).Succeeded);
        Assert.Equal(Ait * 10UL, Number(net, BondsAbi.BondOf));
    }

    [Fact]
    public void Evidence_that_proves_nothing_is_refused_with_its_reason()
    {
        var net = Bonded(20);
        var (first, second) = (Statement(net, "a"), Statement(net, "b"));
        Assert.Equal("SameReceipt()", Refusal(net, first, first));
        Assert.Equal("NotSameJob()", Refusal(net, first, Statement(net, "b", "other job")));
        Assert.Equal("OtherChain()", Refusal(net, first, second with { ChainId = 1 }));
        Assert.Equal("OtherChain()", Refusal(net, first, second with { Escrow = Contract }));
        Assert.Equal("BadSignature()", Refusal(net, first, second with { Provider = net.At(Client) }));
        Assert.Equal(
            "NothingBonded()",
            Refusal(net, BondsAbi.ReportReceipts, [.. Evidence(net, first, second, Evaluator)]));
        var signature = Sign(net, second);
        signature[64] ^= 1;
        Assert.Equal(
            "BadSignature()",
            Refusal(net, BondsAbi.ReportReceipts, Tuple(first), Sign(net, first), Tuple(second), signature));
        Assert.Equal(
            "BadSignature()",
            Refusal(net, BondsAbi.ReportReceipts, Tuple(first), Array.Empty<byte>(), Tuple(second), signature));
        Assert.Equal(Ait * 20UL, Number(net, BondsAbi.BondOf));
    }

    [Fact]
    public void A_bond_that_is_unbonding_pays_first_even_after_its_release()
    {
        var net = Bonded(20);
        net.Send(Provider, Contract, BondsAbi.RequestUnbonding, default, Ait * 3UL);
        net.Send(Provider, Contract, BondsAbi.RequestUnbonding, default, Ait * 9UL);
        net.Seconds += ProviderBondsContract.UnbondingTime;
        Assert.True(Report(net, Statement(net, "a"), Statement(net, "b")).Succeeded);
        Assert.Equal((Ait * 8UL, Ait * 2UL), (Number(net, BondsAbi.BondOf), Number(net, BondsAbi.UnbondingOf)));
        Assert.Equal(Ait * 2UL, Number(net, BondsAbi.Available));
        Assert.Equal(net.BalanceOf(Contract), Number(net, BondsAbi.Held));
        Assert.True(net.Send(Provider, Contract, BondsAbi.Withdraw, default).Succeeded);
        Assert.True(Report(net, Statement(net, "a", "next"), Statement(net, "b", "next")).Succeeded);
        Assert.Equal(Ait * 4UL, Number(net, BondsAbi.BondOf));
    }

    [Theory]
    [InlineData(3, 3)]
    [InlineData(10, 10)]
    [InlineData(11, 10)]
    public void A_verdict_of_the_escrow_takes_what_it_says_up_to_half(ulong asked, ulong taken)
    {
        var net = Bonded(20);
        var world = new WorldState(net.Store);
        var harmed = Address.Parse("0x00000000000000000000000000000000000000aa");
        var call = BondsAbi.SlashFor.EncodeCall(net.At(Provider), harmed, Ait * asked, Keccak256.Hash("job"u8));
        var burned = Supply.Read(world).Burned;
        var result = MessageCall.Run(world, SystemContracts.JobEscrow, Contract, default, call, 1_000_000, net.Next);
        Assert.True(result.Succeeded);
        Assert.Equal([Ait * taken], BondsAbi.SlashFor.DecodeResult(result.ReturnData.Span));
        Assert.Equal(Ait * taken / 2UL, world.GetBalance(harmed));
        Assert.Equal(burned + (Ait * taken / 2UL), Supply.Read(world).Burned);
        Assert.Equal(Ait * (20 - taken), world.GetBalance(Contract));
    }

    private static Devnet Bonded(ulong ait)
    {
        var net = new Devnet();
        Assert.True(net.Send(Provider, Contract, BondsAbi.Bond, Ait * ait).Succeeded);
        return net;
    }

    private static JobReceipt Statement(Devnet net, string output, string job = "job") => new()
    {
        JobId = Word(job),
        ChainId = Devnet.ChainId,
        Escrow = SystemContracts.JobEscrow,
        Provider = net.At(Provider),
        Client = net.At(Client),
        Engine = "wasm",
        EngineVersion = "wasmtime 50 ü",
        SpecHash = Word("spec"),
        InputHash = Word("input"),
        OutputHash = Word(output),
        Units = 7,
        UnitKind = "fuel",
        Charge = Ait,
        StartedAtMs = 1_800_000_000_000,
        EndedAtMs = 1_800_000_000_500,
    };

    private static object?[] Tuple(JobReceipt r) =>
    [
        r.JobId, (UInt256)r.ChainId, r.Escrow, r.Provider, r.Client, r.Engine, r.EngineVersion, r.SpecHash, r.InputHash,
        r.OutputHash, (UInt256)r.Units, r.UnitKind, r.Charge, (UInt256)r.StartedAtMs, (UInt256)r.EndedAtMs,
    ];

    private static byte[] Sign(Devnet net, JobReceipt receipt, int key = Provider) =>
        net.Keys[key].Sign(receipt.Digest()).ToBytes65();

    private static object?[] Evidence(Devnet net, JobReceipt first, JobReceipt second, int key = Provider)
    {
        if (key != Provider)
            (first, second) = (first with { Provider = net.At(key) }, second with { Provider = net.At(key) });
        return [Tuple(first), Sign(net, first, key), Tuple(second), Sign(net, second, key)];
    }

    private static Aitbc.Ledger.Blocks.Receipt Report(Devnet net, JobReceipt first, JobReceipt second) =>
        net.Send(Reporter, Contract, BondsAbi.ReportReceipts, default, Evidence(net, first, second));

    private static string? Refusal(Devnet net, JobReceipt first, JobReceipt second) =>
        Refusal(net, BondsAbi.ReportReceipts, Evidence(net, first, second));

    private static string? Refusal(Devnet net, AbiFunction function, params object?[] args) =>
        net.Refusal(Reporter, Contract, BondsAbi.Errors.Select(e => e + "()"), function, default, args);

    private static UInt256 Number(Devnet net, AbiFunction view) => (UInt256)net.View(
        Contract, view, view.Arguments.Count == 0 ? [] : [net.At(Provider)])[0]!;

    private static Hash256 Word(string text) => Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(text));
}

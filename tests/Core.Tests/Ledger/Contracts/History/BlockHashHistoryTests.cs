using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.History;
using Aitbc.Ledger.Contracts.Multicall;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Xunit;

namespace Core.Tests.Ledger.Contracts.History;

/// <summary>Hashes of earlier blocks: where they lie, how far back they go, and who answers for them.</summary>
public sealed class BlockHashHistoryTests
{
    private static readonly Address History = SystemContracts.BlockHashHistory;

    [Fact]
    public void Every_block_keeps_the_hash_of_its_parent_in_the_slot_of_eip_2935()
    {
        var net = new Devnet();
        var genesis = net.Head.Hash();
        net.Mine();
        var first = net.Head.Hash();
        net.Mine();
        Assert.Equal(genesis, Kept(net, 0));
        Assert.Equal(first, Kept(net, 1));
        Assert.Equal(Hash256.Zero, Kept(net, 2));
    }

    [Fact]
    public void A_call_sees_the_hash_of_the_newest_block_before_any_block_has_kept_it()
    {
        var net = new Devnet();
        net.Mine();
        Assert.Equal(net.Head.Hash(), Ask(net, net.Head.Number));
        Assert.Equal(
            net.Head.Hash(),
            net.View(SystemContracts.Multicall3, MulticallAbi.GetBlockHash, (UInt256)net.Head.Number)[0]);
    }

    [Fact]
    public void The_window_of_the_contract_and_of_the_instruction_end_where_the_standards_say()
    {
        var net = new Devnet();
        net.Mine();
        var frame = net.Frame(SystemContracts.Multicall3);
        var world = frame.Message.World;
        for (var n = 0UL; n < 9_000; n++)
            BlockHashHistory.Record(world, net.Next with { Number = n + 1, ParentHash = HashOf(n) });
        net.Store.Apply(world.Commit());
        var at = net.Frame(SystemContracts.Multicall3, number: 9_000);
        foreach (var (number, window, known) in ((ulong, ulong, bool)[])[
            (8_998, 256, true), (8_744, 256, true), (8_743, 256, false), (9_000, 256, false), (9_001, 256, false),
            (809, 8_191, true), (808, 8_191, false), (4_000, 8_191, true), (4_000, 256, false)])
            Assert.Equal(known ? HashOf(number) : Hash256.Zero, BlockHashHistory.Find(at, number, window));
        Assert.Equal(Hash256.Zero, BlockHashHistory.Find(at, UInt256.MaxValue, 256));
    }

    [Fact]
    public void What_is_no_number_of_an_earlier_block_is_refused()
    {
        var net = new Devnet();
        net.Mine();
        byte[] zero = new byte[32];
        Assert.True(net.Call(0, History, zero).Succeeded);
        foreach (var data in (byte[][])[[], new byte[31], new byte[33], [.. new byte[31], 2], [0xff, .. new byte[31]]])
        {
            var result = net.Call(0, History, data);
            Assert.False(result.Succeeded);
            Assert.True(result.ReturnData.IsEmpty);
        }

        Assert.False(net.Call(0, History, zero, value: 1).Succeeded);
    }

    private static Hash256 HashOf(ulong number) => Keccak256.Hash(Hash256.FromUInt256(number).ToArray());

    private static Hash256 Kept(Devnet net, ulong slot) =>
        Hash256.FromUInt256(net.Store.GetStorage(new StorageKey(History, Hash256.FromUInt256(slot))));

    private static Hash256 Ask(Devnet net, ulong number)
    {
        var result = net.Call(0, History, Hash256.FromUInt256(number).ToArray());
        Assert.True(result.Succeeded);
        return Hash256.FromBytes(result.ReturnData.Span);
    }
}

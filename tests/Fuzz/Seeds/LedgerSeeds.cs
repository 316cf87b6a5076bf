using System.Buffers.Binary;
using Aitbc.Fuzz.Running;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Testing;

namespace Aitbc.Fuzz.Seeds;

/// <summary>Transactions, blocks, receipts and proofs of a small ledger.</summary>
internal static class LedgerSeeds
{
    public static IReadOnlyList<(string Name, byte[] Bytes)> Transactions()
    {
        using var key = TestAccounts.Key(0);
        var transfer = new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = 7777,
            Nonce = 300,
            MaxPriorityFeePerGas = 1,
            MaxFeePerGas = 2_000_000_000,
            GasLimit = 21_000,
            To = TestAccounts.Key(1).Address,
            Value = Amount.FromAit(1).Atto,
        };
        AccessListEntry[] list =
        [
            new(SystemContracts.AitToken, [Hash256.Zero, Keccak256.Hash("slot"u8)]),
            new(SystemContracts.JobEscrow, []),
        ];
        return
        [
            ("dynamic", transfer.Sign(key).Bytes()),
            ("dynamic-list", (transfer with { AccessList = list, Data = new byte[100] }).Sign(key).Bytes()),
            ("list", (transfer with
            {
                Type = TransactionType.AccessList, MaxPriorityFeePerGas = transfer.MaxFeePerGas, AccessList = list,
            }).Sign(key).Bytes()),
            ("legacy", (transfer with
            {
                Type = TransactionType.Legacy, MaxPriorityFeePerGas = transfer.MaxFeePerGas,
            }).Sign(key).Bytes()),
            ("creation", (transfer with { To = null, Data = new byte[] { 0x60, 0x00 } }).Sign(key).Bytes()),
            ("blob-type", [3, .. transfer.Sign(key).Bytes().AsSpan(1)]),
            ("zeros", new Transaction { Type = TransactionType.DynamicFee, ChainId = 0 }.Sign(key).Bytes()),
        ];
    }

    public static IReadOnlyList<(string Name, byte[] Bytes)> Receipts()
    {
        Log[] logs =
        [
            new(SystemContracts.AitToken, [Keccak256.Hash("a"u8), Hash256.Zero, Keccak256.Hash("b"u8)], new byte[32]),
            new(SystemContracts.JobEscrow, [], default),
        ];
        return
        [
            ("events", new Receipt(TransactionType.DynamicFee, true, 90_000, 60_000, 7, logs).EncodeStored()),
            ("plain", new Receipt(TransactionType.Legacy, true, 21_000, 21_000, 7, []).EncodeStored()),
            ("reverted", new Receipt(TransactionType.AccessList, false, 1, 1, default, []).EncodeStored()),
        ];
    }

    public static IReadOnlyList<(string Name, byte[] Bytes)> Blocks()
    {
        var ledger = new SmallLedger();
        var genesis = ledger.Genesis;
        var one = ledger.Add(TestAccounts.Transfer(0, 0, TestAccounts.Key(1).Address, 1));
        var two = ledger.Add(
            TestAccounts.Transfer(0, 1, TestAccounts.Key(2).Address, 2),
            TestAccounts.Transfer(0, 2, TestAccounts.Key(3).Address, 3));
        return [("genesis", genesis.Encode()), ("one", one.Block.Encode()), ("two", two.Block.Encode())];
    }

    /// <summary>A key and a proof as the target reads them: of an account, a slot and what is not there.</summary>
    public static IReadOnlyList<(string Name, byte[] Bytes)> Proofs()
    {
        var ledger = new SmallLedger();
        ledger.Add([.. Enumerable.Range(0, 40).Select(i =>
            TestAccounts.Transfer(0, (ulong)i, Address.FromBytes(Keccak256.Hash([(byte)i]).ToArray().AsSpan(12)), 1))]);
        var there = TestAccounts.Key(0).Address;
        var absent = Address.Parse("0x00000000000000000000000000000000000abcde");
        var slot = ledger.Store.Storage.Keys.Where(k => k.Contract == SystemContracts.Validators)
            .Select(k => k.Slot).First();
        var slots = StateProof.Of(ledger.Store, SystemContracts.Validators, [slot]).Slots[0];
        return
        [
            ("account", Pack(there.KeccakHash(), StateProof.Of(ledger.Store, there, []).Nodes)),
            ("no-account", Pack(absent.KeccakHash(), StateProof.Of(ledger.Store, absent, []).Nodes)),
            ("slot", Pack(Keccak256.Hash(slot.ToArray()), slots.Nodes)),
            ("record", Pack(there.KeccakHash(), [ledger.Store.GetAccount(there)!.Value.Encode()])),
        ];
    }

    private static byte[] Pack(Hash256 key, IReadOnlyList<byte[]> nodes)
    {
        List<byte> bytes = [.. key.ToArray()];
        var length = new byte[2];
        foreach (var node in nodes)
        {
            BinaryPrimitives.WriteUInt16BigEndian(length, (ushort)node.Length);
            bytes.AddRange([.. length, .. node]);
        }

        return [.. bytes];
    }
}

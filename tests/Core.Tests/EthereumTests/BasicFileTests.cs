using System.Globalization;
using System.Text.Json;
using Aitbc.Ledger.State;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Xunit;

namespace Core.Tests.EthereumTests;

/// <summary>BasicTests, GenesisTests and ABITests of ethereum/tests.</summary>
public sealed class BasicFileTests
{
    private static readonly ILookup<string, JsonElement> Files =
        Vectors.Load("ethereum-tests-basic").ToLookup(c => c.Text("file"));

    [Fact]
    public void Every_file_is_run_or_listed_with_the_reason()
    {
        string[] run = ["keyaddrtest", "hexencodetest", "txtest", "genesishashestest", "basic_genesis_tests"];
        string[] notApplicable =
        [
            "blockgenesistest", // Headers and accounts of before Ethereum began; basic_genesis_tests came after it.
            "crypto", // AES-CTR and ECIES of the devp2p handshake: this network has its own transport.
        ];
        Assert.Equal(run.Concat(notApplicable).Order(), Files.Select(f => f.Key).Order());
    }

    [Fact]
    public void A_seed_has_the_published_key_and_address()
    {
        Assert.Equal(2, Files["keyaddrtest"].Count());
        foreach (var vector in Files["keyaddrtest"])
        {
            var secret = Hex.Parse("0x" + vector.Text("key"));
            Assert.Equal(Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(vector.Text("seed"))).ToArray(), secret);
            using var key = PrivateKey.FromBytes(secret);
            Assert.Equal(Address.Parse("0x" + vector.Text("addr")), key.Address);
            // Its sig_of_emptystring is of a digest that the file does not state: neither Keccak-256 nor SHA-256 of
            // nothing, nor EIP-191, so it is not run.
        }
    }

    [Fact]
    public void Paths_have_the_published_hex_prefix()
    {
        Assert.Equal(12, Files["hexencodetest"].Count());
        foreach (var vector in Files["hexencodetest"])
        {
            var path = vector.GetProperty("seq").EnumerateArray().Select(n => n.GetByte()).ToArray();
            TrieNode node = vector.GetProperty("term").GetBoolean()
                ? new LeafNode(path, new byte[] { 1 })
                : new ExtensionNode(path);
            var prefixed = new RlpReader(TrieNodeCodec.Encode(node, depth: 0)).ReadList().ReadBytes();
            Assert.Equal("0x" + vector.Text("out"), Hex.ToHex(prefixed));
        }
    }

    [Fact]
    public void Transactions_before_chain_ids_have_the_published_bytes_and_signer()
    {
        Assert.Equal(2, Files["txtest"].Count());
        foreach (var vector in Files["txtest"])
        {
            var signed = Hex.Parse("0x" + vector.Text("signed"));
            var transaction = UnprotectedTransaction.Read(signed);
            using var key = PrivateKey.FromBytes(Hex.Parse("0x" + vector.Text("key")));
            Assert.Equal(ulong.Parse(vector.Text("nonce"), CultureInfo.InvariantCulture), transaction.Nonce);
            Assert.Equal(UInt256.Parse(vector.Text("gasprice")), transaction.MaxFeePerGas);
            Assert.Equal(ulong.Parse(vector.Text("startgas"), CultureInfo.InvariantCulture), transaction.GasLimit);
            Assert.Equal(UInt256.Parse(vector.Text("value")), transaction.Value);
            Assert.Equal("0x" + vector.Text("data"), Hex.ToHex(transaction.Data.Span));
            Assert.Equal(vector.Text("to").Length == 0, transaction.To is null);
            Assert.Equal(signed, transaction.Encode().ToArray());
            Assert.True(Secp256k1.TryRecover(transaction.SigningHash(), transaction.Signature!.Value, out var signer));
            Assert.Equal(key.Address, signer);
            // What the network takes since EIP-155 is something else.
            Assert.False(TransactionCodec.TryDecode(signed, out _, out var error));
            Assert.Equal(TransactionDecodeError.ReplayUnprotected, error);
        }
    }

    [Fact]
    public void The_genesis_of_Ethereum_has_the_hash_that_the_world_knows()
    {
        var vector = Assert.Single(Files["genesishashestest"]);
        var header = Hex.Parse("0x" + vector.Text("genesis_rlp_hex"));
        var fields = new RlpReader(header).ReadList().ReadList();
        for (var i = 0; i < 3; i++)
            fields.ReadItem();
        Assert.Equal("0x" + vector.Text("genesis_state_root"), fields.ReadHash().ToString());
        var outer = new RlpReader(header).ReadList();
        Assert.Equal("0x" + vector.Text("genesis_hash"), Keccak256.Hash(outer.ReadItem()).ToString());
    }

    [Fact]
    public void Accounts_with_balance_code_and_storage_have_the_published_state_root()
    {
        Assert.Equal(3, Files["basic_genesis_tests"].Count());
        foreach (var vector in Files["basic_genesis_tests"])
        {
            var trie = MerkleTrie.InMemory();
            foreach (var account in vector.GetProperty("alloc").EnumerateObject())
                trie.Set(Keccak256.Hash(Hex.Parse("0x" + account.Name)).ToArray(), StateOf(account.Value).Encode());
            var header = new RlpReader(Hex.Parse("0x" + vector.Text("result"))).ReadList();
            var fields = header.ReadList();
            for (var i = 0; i < 3; i++)
                fields.ReadItem();
            Assert.Equal(fields.ReadHash(), trie.Commit([]));
        }
    }

    [Fact]
    public void Arguments_have_the_published_encoding()
    {
        var cases = Vectors.Load("ethereum-tests-abi");
        Assert.Equal(3, cases.Count);
        foreach (var vector in cases)
        {
            var names = vector.GetProperty("types").EnumerateArray();
            var types = names.Select(t => AbiType.Parse(t.GetString()!)).ToList();
            var values = vector.GetProperty("args").EnumerateArray().Select((v, i) => Value(types[i], v)).ToArray();
            Assert.Equal("0x" + vector.Text("result"), Hex.ToHex(AbiCodec.Encode(types, values)));
        }
    }

    private static AccountState StateOf(JsonElement account)
    {
        var storage = MerkleTrie.InMemory();
        if (account.TryGetProperty("storage", out var slots))
        {
            foreach (var slot in slots.EnumerateObject())
            {
                var value = new RlpWriter();
                value.Write(Number(slot.Value.GetString()!));
                var key = Keccak256.Hash(Hash256.FromUInt256(Number(slot.Name)).ToArray());
                storage.Set(key.ToArray(), value.ToArray());
            }
        }

        return new AccountState(
            account.TryGetProperty("nonce", out var nonce) ? (ulong)Number(nonce.GetString()!) : 0,
            account.TryGetProperty("balance", out var balance) || account.TryGetProperty("wei", out balance)
                ? Number(balance.GetString()!)
                : UInt256.Zero,
            storage.Commit([]),
            account.TryGetProperty("code", out var code)
                ? Keccak256.Hash(Hex.Parse(code.GetString()!))
                : AccountState.EmptyCodeHash);
    }

    private static UInt256 Number(string text) => text.StartsWith("0x", StringComparison.Ordinal)
        ? UInt256.FromBigEndian(Hex.Parse(text))
        : UInt256.Parse(text);

    private static object Value(AbiType type, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => value.EnumerateArray().Select(v => Value(type.Element!, v)).ToArray(),
        JsonValueKind.Number => UInt256.Parse(value.GetRawText()),
        _ when type.Kind == AbiKind.Address => Address.Parse("0x" + value.GetString()),
        _ => System.Text.Encoding.ASCII.GetBytes(value.GetString()!),
    };
}

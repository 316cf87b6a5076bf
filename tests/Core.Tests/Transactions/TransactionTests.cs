using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using CsCheck;
using Xunit;

namespace Core.Tests.Transactions;

/// <summary>The bytes of transactions are those of every Ethereum wallet (specs/transactions.md).</summary>
public sealed class TransactionTests
{
    private const string Key = "0x0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private static readonly Address Dead = Address.Parse("0x000000000000000000000000000000000000dEaD");

    [Fact]
    public void Every_typed_transaction_of_ethers_is_read_signed_and_written_to_the_byte()
    {
        var cases = Vectors.Load("typed-transactions");
        Assert.True(cases.Count > 100);
        foreach (var vector in cases)
            AssertSame(vector.Text("signed"), vector.Text("unsigned"), vector.Text("key"), vector.Text("address"));
    }

    [Fact]
    public void Every_legacy_transaction_of_ethers_is_read_signed_and_written_to_the_byte()
    {
        var cases = Vectors.Load("transactions");
        Assert.True(cases.Count > 80);
        foreach (var vector in cases.Where(c => GasFits64Bits(c.Text("signedTransactionChainId5"))))
            AssertSame(
                vector.Text("signedTransactionChainId5"),
                vector.Text("unsignedTransactionChainId5"),
                vector.Text("privateKey"),
                vector.Text("accountAddress"));
    }

    [Fact]
    public void A_signature_without_a_chain_id_could_be_replayed_and_is_refused()
    {
        var cases = Vectors.Load("transactions").Select(v => v.Text("signedTransaction")).Where(GasFits64Bits).ToList();
        Assert.True(cases.Count > 40);
        Assert.All(cases, signed => Assert.Equal(TransactionDecodeError.ReplayUnprotected, Refusal(signed)));
    }

    [Fact]
    public void Gas_beyond_64_bits_is_refused_though_ethers_signs_it()
    {
        var cases = Vectors.Load("transactions").Select(v => v.Text("signedTransactionChainId5"))
            .Where(signed => !GasFits64Bits(signed)).ToList();
        Assert.NotEmpty(cases);
        Assert.All(cases, signed => Assert.Equal(TransactionDecodeError.Malformed, Refusal(signed)));
    }

    public static TheoryData<Transaction, string, string> Golden { get; } = new()
    {
        {
            new Transaction
            {
                Type = TransactionType.DynamicFee,
                ChainId = 7777,
                MaxPriorityFeePerGas = 1_000_000_000,
                MaxFeePerGas = 2_000_000_000,
                GasLimit = 21_000,
                To = Dead,
                Value = 1_000_000_000_000_000_000,
            },
            "0x02f874821e6180843b9aca00847735940082520894000000000000000000000000000000000000dead880de0b6b3a764000080c0"
            + "01a00728d7099c3fb90ef9a5b5d940220c95c2a3c843946820d0f60a06cd94967938a004be3fab755aa1f8954c45f2428e2f8755"
            + "776a79eab4757a6461533403959a04",
            "0xbda0e91243979bc73def35b8e2f4fe94afe878f5ba52d498653c30f1b1efec1d"
        },
        {
            new Transaction
            {
                Type = TransactionType.AccessList,
                ChainId = 7777,
                Nonce = 1,
                MaxPriorityFeePerGas = 1_000_000_000,
                MaxFeePerGas = 1_000_000_000,
                GasLimit = 50_000,
                To = Dead,
                Data = new byte[] { 0xa9, 0x05, 0x9c, 0xbb },
                AccessList =
                [
                    new AccessListEntry(
                        Address.Parse("0x0000000000000000000000000000000000001001"),
                        [Hash256.FromUInt256(UInt256.One)]),
                ],
            },
            "0x01f8a4821e6101843b9aca0082c35094000000000000000000000000000000000000dead8084a9059cbbf838f794000000000000"
            + "0000000000000000000000001001e1a0000000000000000000000000000000000000000000000000000000000000000101a02477"
            + "da443b1cef86814236cd0d51da77480e6bc542688f02f7d3a9e2497a188da07ae2c2ddf35ca8cea829ae54743764c2cdd65f7f10"
            + "0c48fbd651d2bd82f2a3b2",
            "0xe13f837cc852681d643da22b7bbb19e10c1175d3b417b884be01949ca27bfd8b"
        },
        {
            new Transaction
            {
                ChainId = 7777,
                Nonce = 2,
                MaxPriorityFeePerGas = 1_000_000_000,
                MaxFeePerGas = 1_000_000_000,
                GasLimit = 21_000,
                To = Dead,
                Value = 5,
            },
            "0xf86502843b9aca0082520894000000000000000000000000000000000000dead0580823ce6a0198c814e6950fced514df2fb9e"
            + "7fc7d61cd273edbd53005ffc47ac4b090dca5fa020d53182647db679a378b7599f577da3299033bb8cc3e4d0f7b3db27ab66d"
            + "fe8",
            "0x137c9a7f9a06ced818538b210204a27df13f98792ee0d924cbf3add532c307fc"
        },
    };

    [Theory]
    [MemberData(nameof(Golden))]
    public void A_transaction_has_the_bytes_and_the_hash_that_viem_and_ethers_give_it(
        Transaction unsigned, string bytes, string hash)
    {
        using var key = PrivateKey.FromBytes(Hex.Parse(Key));
        var signed = unsigned.Sign(key);
        Assert.Equal(bytes, Hex.ToHex(signed.Encode().Span));
        Assert.Equal(hash, signed.Hash.ToString());
    }

    [Theory]
    [InlineData("0x", TransactionDecodeError.Empty)]
    [InlineData("0x00", TransactionDecodeError.TypeNotSupported)]
    [InlineData("0x03c0", TransactionDecodeError.TypeNotSupported)]
    [InlineData("0x04c0", TransactionDecodeError.TypeNotSupported)]
    [InlineData("0x7fc0", TransactionDecodeError.TypeNotSupported)]
    [InlineData("0x80", TransactionDecodeError.Malformed)]
    [InlineData("0xbf", TransactionDecodeError.Malformed)]
    [InlineData("0xc0", TransactionDecodeError.Malformed)]
    [InlineData("0x02", TransactionDecodeError.Malformed)]
    [InlineData("0x02c0", TransactionDecodeError.Malformed)]
    public void What_is_no_transaction_is_refused_with_its_reason(string bytes, TransactionDecodeError error) =>
        Assert.Equal(error, Refusal(bytes));

    [Fact]
    public void The_other_half_of_a_signature_is_no_second_transaction()
    {
        using var key = PrivateKey.FromBytes(Hex.Parse(Key));
        var signed = new Transaction { ChainId = 7777, GasLimit = 21_000, To = Dead }.Sign(key);
        var low = signed.Signature!.Value;
        var high = low with
        {
            S = Hash256.FromUInt256(Secp256k1.Order - low.S.ToUInt256()),
            YParity = (byte)(1 - low.YParity),
        };
        Assert.True(Secp256k1.TryRecover(signed.SigningHash(), high, out var signer) && signer == key.Address);
        var twin = signed with { Signature = high };
        Assert.False(twin.TryRecoverSender(out _));
        Assert.Equal(TransactionDecodeError.InvalidSignature, Refusal(Hex.ToHex(twin.Encode().Span)));
    }

    [Fact]
    public void A_transaction_of_more_than_128_KiB_is_refused() => Assert.Equal(
        TransactionDecodeError.TooLarge, Refusal(Hex.ToHex(new byte[TransactionCodec.MaxLength + 1])));

    [Fact]
    public void Any_change_of_any_byte_is_refused_or_another_transaction()
    {
        var raw = Hex.Parse(Vectors.Load("typed-transactions")[^1].Text("signed"));
        Assert.True(TransactionCodec.TryDecode(raw, out var original, out _));
        Assert.True(original.TryRecoverSender(out var sender));
        Gen.Select(Gen.Int[0, raw.Length - 1], Gen.Byte[1, 255]).Sample((at, change) =>
        {
            var changed = raw.ToArray();
            changed[at] ^= change;
            if (!TransactionCodec.TryDecode(changed, out var other, out _))
                return;
            Assert.Equal(changed, other.Encode().ToArray());
            Assert.NotEqual(original.Hash, other.Hash);
            Assert.False(other.TryRecoverSender(out var found) && found == sender && other.Equals(original));
        });
    }

    [Fact]
    public void What_was_read_from_bytes_signs_and_recovers_as_what_was_built_from_fields()
    {
        using var key = PrivateKey.FromBytes(Hex.Parse(Key));
        var word = Gen.OneOf(Gen.ULong, Gen.ULong[0, 200]);
        var entry = Gen.ULong.Array[0, 3].Select(
            k => new AccessListEntry(Dead, [.. k.Select(v => Hash256.FromUInt256(v))]));
        Gen.Select(Gen.Int[0, 2], word, word, Gen.Byte.Array[0, 700], entry.Array[0, 3]).Sample(
            (type, chain, nonce, data, list) =>
            {
                var built = new Transaction
                {
                    Type = (TransactionType)type,
                    ChainId = chain % (1UL << 62),
                    Nonce = nonce,
                    MaxFeePerGas = chain,
                    MaxPriorityFeePerGas = type == 2 ? nonce : chain,
                    GasLimit = nonce,
                    To = nonce % 2 == 0 ? Dead : null,
                    Value = nonce,
                    Data = data,
                    AccessList = type == 0 ? [] : list,
                }.Sign(key);
                Assert.True(TransactionCodec.TryDecode(built.Encode().Span, out var read, out var error), $"{error}");
                Assert.Equal(built.SigningHash(), read.SigningHash());
                Assert.Equal(built.Hash, read.Hash);
                Assert.Equal(data, read.Data.ToArray());
                Assert.True(read.TryRecoverSender(out var sender) && sender == key.Address);
                Assert.True(read.TryRecoverSender(out var again) && again == key.Address);
                var other = read with { Nonce = nonce + 1 };
                Assert.NotEqual(read.SigningHash(), other.SigningHash());
                Assert.False(other.TryRecoverSender(out var found) && found == key.Address);
            },
            iter: 300);
    }

    [Fact]
    public void No_bytes_make_the_decoder_throw() => Gen
        .Select(Gen.OneOf(Gen.Const((byte)1), Gen.Const((byte)2), Gen.Const((byte)0xf8)), Gen.Byte.Array[0, 200])
        .Sample((first, rest) => { TransactionCodec.TryDecode([first, .. rest], out _, out _); });

    private static void AssertSame(string signed, string unsigned, string secret, string address)
    {
        var raw = Hex.Parse(signed);
        Assert.True(TransactionCodec.TryDecode(raw, out var transaction, out var error), $"{error}: {signed}");
        Assert.Equal(Keccak256.Hash(Hex.Parse(unsigned)), transaction.SigningHash());
        Assert.True(transaction.TryRecoverSender(out var sender));
        Assert.Equal(Address.Parse(address), sender);
        using var key = PrivateKey.FromBytes(Hex.Parse(secret));
        Assert.Equal(signed, Hex.ToHex((transaction with { Signature = null }).Sign(key).Encode().Span));
    }

    private static bool GasFits64Bits(string legacy)
    {
        var fields = new RlpReader(Hex.Parse(legacy)).ReadList();
        fields.ReadBytes();
        fields.ReadBytes();
        return fields.ReadBytes().Length <= sizeof(ulong);
    }

    private static TransactionDecodeError Refusal(string bytes)
    {
        Assert.False(TransactionCodec.TryDecode(Hex.Parse(bytes), out var nothing, out var error));
        Assert.Null(nothing);
        return error;
    }
}

using System.Text.Json;
using Aitbc.Ledger.Execution;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Xunit;

namespace Core.Tests.EthereumTests;

/// <summary>
/// TransactionTests of ethereum/tests. What Ethereum refuses is refused; what it takes is taken with the same hash and
/// sender, but for the cases listed here with the reason.
/// </summary>
public sealed class TransactionFileTests
{
    private const string Accepted = "accepted";
    private const string Unprotected = "only without a chain id";

    private static readonly IReadOnlyList<JsonElement> Cases = Vectors.Load("ethereum-tests-transactions");

    // What is judged otherwise than the file says: how, why, and which.
    private static readonly (string Judged, string Why, string[] Cases)[] Differences =
    [
        (
            "high s",
            "Valid on Frontier only: EIP-2 refuses a high s. The same cases of Homestead are judged as published.",
            [
                "ttTransactionTest/AddressLessThan20Prefixed0", "ttTransactionTest/DataTestEnoughGAS",
                "ttTransactionTest/DataTestFirstZeroBytes", "ttTransactionTest/DataTestLastZeroBytes",
                "ttTransactionTest/DataTestZeroBytes", "ttTransactionTest/RightVRSTest", "ttTransactionTest/SenderTest",
                "ttTransactionTest/TransactionWithGasLimitOverflow2",
                "ttTransactionTest/TransactionWithGasLimitOverflow63",
                "ttTransactionTest/TransactionWithGasLimitOverflow63_1",
                "ttTransactionTest/TransactionWithGasLimitxPriceOverflow2",
                "ttTransactionTest/TransactionWithHihghGas",
                "ttTransactionTest/TransactionWithHihghGasPrice", "ttTransactionTest/TransactionWithHihghGasPrice2",
                "ttTransactionTest/TransactionWithHihghNonce32", "ttTransactionTest/TransactionWithHihghValue",
                "ttTransactionTest/TransactionWithRvalue1", "ttTransactionTest/TransactionWithRvaluePrefixed00",
                "ttTransactionTest/TransactionWithSvalueHigh",
                "ttTransactionTest/TransactionWithSvalueLargerThan_c_secp256k1n_x05",
                "ttTransactionTest/dataTx_bcValidBlockTest",
            ]
        ),
        (
            "decoding: Malformed",
            "A nonce or a gas limit beyond 64 bits, which EIP-2681 and every client refuse today.",
            [
                "ttTransactionTest/TransactionWithGasLimitxPriceOverflow",
                "ttTransactionTest/TransactionWithHihghNonce256",
                "Homestead/ttTransactionTest/TransactionWithGasLimitxPriceOverflow",
                "Homestead/ttTransactionTest/TransactionWithHihghNonce256",
            ]
        ),
        (
            "cost beyond 256 bits",
            "No account can have that much; later files of the suite refuse it as GASLIMIT_PRICE_PRODUCT_OVERFLOW.",
            [
                "Homestead/ttTransactionTest/TransactionWithHihghGasPrice",
                "Homestead/ttTransactionTest/TransactionWithHihghValue", "ttVValue/V_equals38",
            ]
        ),
        (
            "check: CreationNotSupported",
            "This chain has no contracts but those of the system, so it takes no creation (specs/transactions.md).",
            [
                "ttTransactionTest/libsecp256k1test", "Homestead/ttTransactionTest/dataTx_bcValidBlockTest",
                "Homestead/ttTransactionTest/libsecp256k1test",
            ]
        ),
        (
            Accepted,
            "Written before EIP-155 gave v a meaning: these are for other chains, and refused there by the chain id.",
            [
                "Homestead/ttTransactionTest/V_overflow64bitPlus27",
                "Homestead/ttTransactionTest/V_overflow64bitPlus28",
                "Homestead/ttTransactionTest/WrongVRSTestVOverflow", "RandomTests/TransactionTest",
            ]
        ),
    ];

    [Fact]
    public void Every_case_is_judged_as_published_or_listed_with_the_reason()
    {
        Assert.Equal(216, Cases.Count);
        var found = new List<string>();
        foreach (var vector in Cases)
        {
            var judged = Judge(vector);
            // A valid case without a chain id is refused by design, after its signer was found to be the published one.
            if (vector.TryGetProperty("sender", out _) != judged is Accepted or Unprotected)
                found.Add($"{vector.Text("family")}/{vector.Text("name")}: {judged}");
        }

        var listed = Differences.SelectMany(d => d.Cases.Select(name => $"{name}: {d.Judged}")).ToList();
        Assert.All(Differences, d => Assert.NotEmpty(d.Why));
        Assert.True(!found.Except(listed).Any(), "not listed:\n" + string.Join('\n', found.Except(listed)));
        Assert.True(!listed.Except(found).Any(), "listed, no longer so:\n" + string.Join('\n', listed.Except(found)));
    }

    private static string Judge(JsonElement vector)
    {
        if (!Hex.TryParse(vector.Text("rlp"), out var raw))
            return "not hex";
        if (TransactionCodec.TryDecode(raw, out var transaction, out var error))
            return Checked(vector, raw, transaction);
        return error == TransactionDecodeError.ReplayUnprotected
            ? Checked(vector, raw, UnprotectedTransaction.Read(raw))
            : $"decoding: {error}";
    }

    private static string Checked(JsonElement vector, byte[] raw, Transaction transaction)
    {
        Assert.Equal(raw, transaction.Encode().ToArray());
        var signature = transaction.Signature!.Value;
        if (!signature.IsInRange || !Secp256k1.TryRecover(transaction.SigningHash(), signature, out var sender))
            return "no signer";
        if (vector.TryGetProperty("sender", out var published))
            AssertPublished(vector, transaction, Address.Parse(published.GetString()!), sender);
        if (!signature.IsLowS)
            return "high s";
        if (transaction.ChainId is { IsZero: true })
            return "chain id 0 is no network's";
        // EIP-2681; a block refuses it too (TransactionCheck).
        if (transaction.Nonce == ulong.MaxValue)
            return "the nonce after it does not exist";
        // The chain is the transaction's own here. The rules that need no state, then the cost that no balance meets.
        var chain = (ulong)(transaction.ChainId ?? 1);
        var verdict = TransactionCheck.Stateless(transaction with { ChainId = chain }, chain);
        if (verdict != TransactionVerdict.Valid)
            return $"check: {verdict}";
        if (TransactionCheck.MaxCost(transaction) is null)
            return "cost beyond 256 bits";
        return transaction.ChainId is null ? Unprotected : Accepted;
    }

    private static void AssertPublished(JsonElement vector, Transaction transaction, Address published, Address sender)
    {
        Assert.Equal(published, sender);
        if (vector.TryGetProperty("hash", out var hash))
            Assert.Equal(hash.GetString(), transaction.Hash.ToString());
        if (vector.TryGetProperty("intrinsicGas", out var gas) && gas.GetString() is { } text)
            Assert.Equal(Quantity(text), IntrinsicGas.Of(transaction));
        if (!vector.TryGetProperty("transaction", out var fields))
            return;
        Assert.Equal(Quantity(fields.Text("nonce")), transaction.Nonce);
        Assert.Equal(Quantity(fields.Text("gasPrice")), transaction.MaxFeePerGas);
        Assert.Equal(Quantity(fields.Text("gasLimit")), transaction.GasLimit);
        Assert.Equal(Quantity(fields.Text("value")), transaction.Value);
        // One file writes its zeros with an odd number of digits.
        Assert.Equal(Even(Unprefixed(fields.Text("data"))), Unprefixed(Hex.ToHex(transaction.Data.Span)));
        Assert.Equal(Unprefixed(fields.Text("to")), transaction.To is { } to ? Hex.ToHex(to.ToArray())[2..] : "");
        Assert.Equal(Quantity(fields.Text("r")), transaction.Signature!.Value.R.ToUInt256());
        Assert.Equal(Quantity(fields.Text("s")), transaction.Signature!.Value.S.ToUInt256());
        Assert.Equal(Quantity(fields.Text("v")), 27 + (ulong)transaction.Signature!.Value.YParity);
    }

    private static string Unprefixed(string hex) => hex.StartsWith("0x", StringComparison.Ordinal) ? hex[2..] : hex;

    private static string Even(string digits) => digits.Length % 2 == 0 ? digits : "0" + digits;

    private static UInt256 Quantity(string hex) => UInt256.FromBigEndian(Hex.Parse("0x" + Even(Unprefixed(hex))));
}

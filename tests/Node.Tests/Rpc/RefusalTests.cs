using Aitbc.Node;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Testing;
using Node.Tests.Running;
using Xunit;

namespace Node.Tests.Rpc;

/// <summary>
/// The words with which a transaction is refused, to the letter: stock clients tell by them what to do next
/// (specs/rpc.md, section 5).
/// </summary>
public sealed class RefusalTests : NodeTest
{
    // Signed by account 0 without a chain id, as before EIP-155 (made with viem 2.57.20).
    private const string Unprotected =
        "f864808504a817c8008252089400000000000000000000000000000000000000aa01801ca0df51a52f90cbcac50ed99c"
        + "92b346112da1c842bae7e9eb49c13479873694cfb9a03d527b50c87133ea79118f745d70cc477614d97bb8bfb86e5851"
        + "15fbb0c9e019";

    private static readonly Hash256 OffTheCurve = Hash256.FromUInt256(5UL);

    public static TheoryData<string, string> Words { get; } = new()
    {
        { "nonce used", "nonce too low" },
        { "same again", "already known" },
        { "same again, final", "already known" },
        { "fee bump missing", "replacement transaction underpriced" },
        { "balance", "insufficient funds for gas * price + value" },
        { "low fee", "max fee per gas less than block base fee" },
        { "tip above cap", "max priority fee per gas higher than max fee per gas" },
        { "intrinsic gas", "intrinsic gas too low" },
        { "block gas", "exceeds block gas limit" },
        { "blob type", "transaction type not supported" },
        { "unknown type", "transaction type not supported" },
        { "no chain id", "only replay-protected (EIP-155) transactions allowed over RPC" },
        { "other chain", "invalid chain id for signer" },
        { "no sender", "invalid sender" },
        { "no signature", "invalid transaction v, r, s values" },
        { "creation", "contract creation is not supported on this chain" },
        { "too large", "oversized data: transaction size limit is 131072 bytes" },
        { "no transaction", "rlp: the bytes are not a canonical signed transaction" },
    };

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await TransferAsync(0);
        // Waits behind a gap, so that it is still there when the table is gone through.
        await Node.SendRawAsync(Transfer(nonce: 7).Bytes());
    }

    [Theory]
    [MemberData(nameof(Words))]
    public async Task A_transaction_is_refused_with_the_words_that_clients_know(string what, string words)
    {
        var raw = Bytes(what);
        foreach (var method in new[] { "eth_sendRawTransaction", "eth_sendRawTransactionSync" })
        {
            // The waiting form tells of the gap before it looks at the pool.
            if (what is "same again" or "fee bump missing" && method.EndsWith("Sync", StringComparison.Ordinal))
                continue;
            var error = (await Node.AnswerAsync(method, "0x" + Convert.ToHexStringLower(raw)))["error"]!;
            Assert.Equal((-32000, words), ((int)error["code"]!, (string)error["message"]!));
        }
    }

    private static byte[] Bytes(string what) => what switch
    {
        "nonce used" => TestAccounts.Transfer(0, 0, Receiver, 2).Bytes(),
        "same again" => Transfer(nonce: 7).Bytes(),
        "same again, final" => TestAccounts.Transfer(0, 0, Receiver, 1).Bytes(),
        "fee bump missing" => TestAccounts.Transfer(0, 7, Receiver, 2).Bytes(),
        "balance" => TestAccounts.Transfer(0, 1, Receiver, UInt256.Parse("20000000000000000000000")).Bytes(),
        "low fee" => TestAccounts.Transfer(0, 1, Receiver, 1, tipGwei: 0, capGwei: 0).Bytes(),
        "tip above cap" => TestAccounts.Transfer(0, 1, Receiver, 1, tipGwei: 30).Bytes(),
        "intrinsic gas" => TestAccounts.Transfer(0, 1, Receiver, 1, gas: 20_999).Bytes(),
        "block gas" => TestAccounts.Transfer(0, 1, Receiver, 1, gas: 300_000_001).Bytes(),
        "blob type" => [0x03, .. TestAccounts.Transfer(0, 1, Receiver, 1).Bytes().AsSpan(1)],
        "unknown type" => [0x7f, 0xc0],
        "no chain id" => Convert.FromHexString(Unprotected),
        "other chain" => TestAccounts.Transfer(0, 1, Receiver, 1, chainId: 1).Bytes(),
        "no sender" => Signed(Transfer(nonce: 1), OffTheCurve).Bytes(),
        "no signature" => Signed(Transfer(nonce: 1), Hash256.Zero).Bytes(),
        "creation" => Creation().Bytes(),
        "too large" => new byte[131_073],
        "no transaction" => [0x02, 0xc1, 0x80],
        _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
    };

    private static Transaction Transfer(ulong nonce) => TestAccounts.Transfer(0, nonce, Receiver, 1);

    private static Transaction Signed(Transaction transaction, Hash256 r) =>
        transaction with { Signature = transaction.Signature!.Value with { R = r } };

    private static Transaction Creation()
    {
        using var key = TestAccounts.Key(0);
        return (Transfer(nonce: 1) with { To = null, GasLimit = 100_000, Signature = null }).Sign(key);
    }
}

using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Chain;
using Aitbc.Testing;
using Aitbc.Wallet.Budgets.Reading;
using CsCheck;
using Xunit;

namespace Services.Tests.Wallet.Budgets;

/// <summary>Every function that pays for a job counts what goes along, for its provider and its job.</summary>
public sealed class JobSpendTests
{
    private const ulong Gas = 200_000;
    private const ulong GasPrice = 3;

    private static readonly AbiFunction Plain =
        AbiFunction.Parse("openJob(bytes32,address,address,uint256,uint256,bytes32)");

    private static readonly AbiFunction WithLevel =
        AbiFunction.Parse("openJobWithLevel(bytes32,address,address,uint256,uint256,bytes32,uint256,uint256)");

    private static readonly Address Signer = TestAccounts.Key(0).Address;
    private static readonly Gen<UInt256> Number = Gen.Byte.Array[32].Select(b => UInt256.FromBigEndian(b));

    [Fact]
    public void A_job_counts_its_budget_and_fee_whatever_it_promises() => Gen.Select(
        Gen.Byte.Array[32], Gen.Byte.Array[20], Gen.ULong, Number, Number, Gen.Bool).Sample(
            (key, payee, value, seconds, credit, isPromised) =>
            {
                var (clientKey, provider) = (Hash256.FromBytes(key), Address.FromBytes(payee));
                object?[] arguments = [clientKey, provider, Signer, seconds, credit, clientKey];
                var data = isPromised
                    ? WithLevel.EncodeCall([.. arguments, seconds, credit]) : Plain.EncodeCall(arguments);
                var spend = Read(data, value);
                Assert.Equal(
                    ("openJob", false, (Address?)provider, (Hash256?)JobId.Derive(Signer, clientKey)),
                    (spend.Kind, spend.IsUnknown, spend.Payee, spend.JobId));
                Assert.Equal(value + ((UInt256)Gas * GasPrice), spend.Amount);
                Assert.Equal(Hex.ToHex(data.AsSpan(0, 4)), spend.Selector);
            });

    [Fact]
    public void Call_data_that_is_cut_or_dirty_is_not_understood_and_still_counts_what_goes_along()
    {
        object?[] arguments = [default(Hash256), Signer, Signer, UInt256.One, UInt256.One, default(Hash256)];
        byte[][] calls =
            [Plain.EncodeCall(arguments), WithLevel.EncodeCall([.. arguments, UInt256.One, UInt256.One])];
        foreach (var call in calls)
        {
            for (var length = 0; length < call.Length; length++)
            {
                var cut = Read(call[..length], 9);
                Assert.True(length == 0 || cut.IsUnknown, $"{length} bytes are understood.");
                Assert.True(cut.Amount >= (UInt256)9UL);
            }

            var dirty = call.ToArray();
            dirty[4 + 32] = 1; // above the 20 bytes of the provider
            Assert.True(Read(dirty, 9).IsUnknown);
        }
    }

    private static Aitbc.Wallet.Budgets.Spend Read(byte[] data, ulong value) => TransactionSpend.Read(
        new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = 7777,
            MaxFeePerGas = GasPrice,
            GasLimit = Gas,
            To = SystemContractAddresses.JobEscrow,
            Value = value,
            Data = data,
        },
        Signer);
}

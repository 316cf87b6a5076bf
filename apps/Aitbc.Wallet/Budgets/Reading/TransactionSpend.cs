using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Chain;

namespace Aitbc.Wallet.Budgets.Reading;

/// <summary>
/// What a transaction can take from its sender: value, fee, and the coins that the call itself moves. Calls that are
/// not in the table are unknown, whatever they may do.
/// </summary>
internal static class TransactionSpend
{
    private const string Channel = "(address,address,address,address,address,uint40,bytes32)";

    private static readonly (Address Contract, AbiFunction Function, Func<object?[], Address, Spend> Read)[] Known =
    [
        (SystemContractAddresses.Token, AbiFunction.Parse("transfer(address,uint256)"),
            (a, _) => Paying("transfer", (Address)a[0]!, (UInt256)a[1]!)),
        // An allowance is as good as paid: whoever has it may take it at any time.
        (SystemContractAddresses.Token, AbiFunction.Parse("approve(address,uint256)"),
            (a, _) => Paying("approve", (Address)a[0]!, (UInt256)a[1]!)),
        (SystemContractAddresses.JobEscrow,
            AbiFunction.Parse("openJob(bytes32,address,address,uint256,uint256,bytes32)"), OpenJob),
        (SystemContractAddresses.JobEscrow,
            AbiFunction.Parse("openJobWithLevel(bytes32,address,address,uint256,uint256,bytes32,uint256,uint256)"),
            OpenJob),
        (SystemContractAddresses.JobEscrow,
            AbiFunction.Parse("openJobWithHook(bytes32,address,address,uint256,bytes32,address,bytes)"), OpenJob),

        // The stake is the value that goes along; what the votes leave of it comes back.
        (SystemContractAddresses.ReexecutionHook, AbiFunction.Parse("dispute(uint256)"),
            (_, _) => Paying("dispute", SystemContractAddresses.ReexecutionHook, default)),
        .. Free(
            SystemContractAddresses.ReexecutionHook,
            "vote(uint256,bytes32)",
            "voteFor(uint256,address,bytes32,bytes)"),
        (SystemContractAddresses.JobEscrow, AbiFunction.Parse("fund(uint256,uint256,bytes)"),
            (a, _) => Paying("fund", SystemContractAddresses.JobEscrow, (UInt256)a[1]!)),
        .. Free(
            SystemContractAddresses.JobEscrow,
            "createJob(address,address,uint256,string,address,uint256)",
            "setProvider(uint256,address,uint256)",
            "setBudget(uint256,address,uint256,bytes)",
            "submit(uint256,bytes32,bytes)",
            "complete(uint256,bytes32,bytes)",
            "reject(uint256,bytes32,bytes)",
            "claimRefund(uint256)",
            "claimPayment(uint256)"),
        .. Free(
            SystemContractAddresses.Token,
            "cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)",
            "cancelAuthorization(address,bytes32,bytes)"),

        // Coins that these move were counted when the authorization or voucher was signed, or come back.
        .. Free(
            SystemContractAddresses.BatchSettlement,
            $"deposit({Channel},uint128,address,bytes)",
            $"claim((({Channel},uint128),bytes,uint128)[])",
            $"claimWithSignature((({Channel},uint128),bytes,uint128)[],bytes)",
            "settle(address,address)",
            $"finalizeWithdraw({Channel})"),
    ];

    public static Spend Read(Transaction transaction, Address signer)
    {
        if (!TryMaxFee(transaction, out var fee))
            return new Spend("unknown", UInt256.MaxValue) { IsUnknown = true, Contract = transaction.To };
        var spend = Call(transaction, signer);
        var amount = UInt256.TryAdd(spend.Amount, transaction.Value, out var both)
            && UInt256.TryAdd(both, fee, out var all)
            ? all
            : UInt256.MaxValue;
        return spend with
        {
            Amount = amount,
            Contract = transaction.Data.IsEmpty ? null : transaction.To,
            Selector = transaction.Data.Length < 4 ? null : Hex.ToHex(transaction.Data.Span[..4]),
            Nonce = transaction.Nonce,
        };
    }

    private static Spend Call(Transaction transaction, Address signer)
    {
        if (transaction.To is not { } to)
            return Unknown();
        if (transaction.Data.IsEmpty)
            return Paying("transfer", to, default);
        var data = transaction.Data.Span;
        foreach (var (contract, function, read) in Known)
        {
            if (contract != to || !data.StartsWith(function.Selector))
                continue;
            try
            {
                return read(function.DecodeCall(data), signer);
            }
            catch (AbiException)
            {
                return Unknown();
            }
        }

        return Unknown();
    }

    // The budget of the job is the value that goes along; its id follows from who orders and under which key.
    private static Spend OpenJob(object?[] arguments, Address signer) =>
        Paying("openJob", (Address)arguments[1]!, default) with
        {
            JobId = JobId.Derive(signer, (Hash256)arguments[0]!),
        };

    private static IEnumerable<(Address, AbiFunction, Func<object?[], Address, Spend>)> Free(
        Address contract, params string[] functions) => functions.Select(AbiFunction.Parse)
            .Select(f => (contract, f, (Func<object?[], Address, Spend>)((_, _) => new Spend(f.Name, default))));

    private static Spend Paying(string kind, Address payee, UInt256 amount) => new(kind, amount) { Payee = payee };

    private static Spend Unknown() => new("unknown", default) { IsUnknown = true };

    private static bool TryMaxFee(Transaction transaction, out UInt256 fee) =>
        UInt256.TryMultiply(transaction.GasLimit, transaction.MaxFeePerGas, out fee);
}

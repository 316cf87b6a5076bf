using System.Text.RegularExpressions;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.BatchSettlement;
using Aitbc.Ledger.Contracts.Bonds;
using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Ledger.Contracts.ReceiptRoots;
using Aitbc.Ledger.Contracts.Reexecution;
using Aitbc.Ledger.Contracts.Validators;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>
/// What the specifications of contracts say about selectors and topics, which was computed by another Keccak-256, is
/// what the code has: every function, error and event, and none besides.
/// </summary>
public sealed partial class ContractTableTests
{
    public static TheoryData<string> Contracts =>
        ["batch-settlement", "bonds", "escrow", "receipt-roots", "reexecution", "validators"];

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Every_function_has_the_selector_of_the_specification(string name)
    {
        var contract = Of(name);
        Assert.Equal(
            Rows(name, "Function").Order(),
            contract.Functions.Select(f => (f.Signature, Hex.ToHex(f.Selector))).Order());
    }

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Every_error_has_the_selector_of_the_specification(string name) =>
        Assert.Equal(
            Rows(name, "Error").Order(),
            Of(name).Errors.Select(AbiFunction.Parse).Select(e => (e.Signature, Hex.ToHex(e.Selector))).Order());

    [Theory]
    [MemberData(nameof(Contracts))]
    public void Every_event_has_the_topic_of_the_specification(string name) =>
        Assert.Equal(
            Rows(name, "Event").Order(),
            Of(name).Events.Select(e => (e.Signature, e.Topic0.ToHex())).Order());

    private static (IReadOnlyList<AbiFunction> Functions, IReadOnlyList<string> Errors, AbiEvent[] Events) Of(
        string name) => name switch
        {
            "batch-settlement" => (
                BatchSettlementContract.Table.Functions,
                BatchSettlementAbi.Errors,
                [
                    BatchSettlementAbi.ChannelCreated, BatchSettlementAbi.ChannelClosed, BatchSettlementAbi.Deposited,
                    BatchSettlementAbi.Claimed, BatchSettlementAbi.Settled, BatchSettlementAbi.Refunded,
                    BatchSettlementAbi.WithdrawInitiated, BatchSettlementAbi.WithdrawFinalized,
                ]),
            "bonds" => (
                new ProviderBondsContract().Functions,
                [.. BondsAbi.Errors.Select(e => e + "()")],
                [BondsAbi.Bonded, BondsAbi.UnbondingRequested, BondsAbi.Withdrawn, BondsAbi.Slashed]),
            "escrow" => (
                JobEscrowContract.Functions.Functions,
                [
                    "InvalidJob()", "WrongStatus()", "Unauthorized()", "ZeroAddress()", "ExpiryTooShort()",
                    "ZeroBudget()", "ProviderNotSet()", "HookNotWhitelisted()", "BudgetMismatch()",
                    "ProviderCannotBeEvaluator()", "GracePeriodActive()", "InvalidToken()", "InvalidTerms()",
                    "JobKeyUsed(uint256)", "AccessControlUnauthorizedAccount(address,bytes32)",
                ],
                [
                    EscrowAbi.JobCreated, EscrowAbi.ProviderSet, EscrowAbi.BudgetSet, EscrowAbi.JobFunded,
                    EscrowAbi.JobSubmitted, EscrowAbi.JobCompleted, EscrowAbi.JobRejected, EscrowAbi.JobExpired,
                    EscrowAbi.PaymentReleased, EscrowAbi.PlatformFeePaid, EscrowAbi.EvaluatorFeePaid,
                    EscrowAbi.Refunded, EscrowAbi.LevelMissed,
                ]),
            "reexecution" => (
                ReexecutionHookContract.Functions.Functions,
                [
                    "InvalidJob()", "WrongStatus()", "Unauthorized()", "InvalidTerms()", "DisputeOpen()",
                    "DisputeRequired()", "StakeMismatch()", "AlreadyVoted()", "InvalidResult()",
                ],
                [
                    ReexecutionAbi.TermsAgreed, ReexecutionAbi.Disputed, ReexecutionAbi.Voted,
                    ReexecutionAbi.Resolved,
                ]),
            "validators" => (
                new ValidatorRegistryContract().Functions,
                [.. ValidatorsAbi.Errors.Select(e => e + "()")],
                [
                    ValidatorsAbi.Proposed, ValidatorsAbi.Voted, ValidatorsAbi.Added, ValidatorsAbi.Removed,
                    ValidatorsAbi.Rotated, ValidatorsAbi.TransportKeySet, ValidatorsAbi.Equivocated,
                ]),
            _ => (
                new ReceiptRootsContract().Functions,
                ReceiptRootsContract.Errors,
                [ReceiptRootsContract.Published]),
        };

    // The rows of the table whose first column has this head.
    private static IEnumerable<(string Signature, string Hash)> Rows(string name, string head)
    {
        var lines = Vectors.Specification($"contracts/{name}.md").Split('\n');
        var rows = lines.SkipWhile(l => !l.StartsWith($"| {head} |", StringComparison.Ordinal)).Skip(2)
            .TakeWhile(l => l.StartsWith('|')).Select(l => Row().Match(l)).ToList();
        Assert.NotEmpty(rows);
        return rows.Select(r => (
            Short().Replace(r.Groups[1].Value, m => m.Value switch
            {
                "C" => BatchSettlementAbi.Channel,
                "VC" => BatchSettlementAbi.VoucherClaim,
                _ => BondsAbi.ReceiptTuple,
            }),
            r.Groups[2].Value));
    }

    // What the specifications write for long tuples.
    [GeneratedRegex(@"\b(C|VC|Receipt)\b")]
    private static partial Regex Short();

    [GeneratedRegex(@"^\| `([^`]+)` \| `(0x[0-9a-f]+)` \|")]
    private static partial Regex Row();
}

using Aitbc.Primitives;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Auditing;

/// <summary>Whether a line of the log says of its signature what the signed bytes say.</summary>
internal sealed class LineCheck(AuthorizerKeys authorizers)
{
    /// <summary>What is wrong with a line that holds no signature; null if nothing is.</summary>
    public static string? FaultOfUnsigned(SpendRow row) =>
        row.State is SpendStates.Signed or SpendStates.Settled ? $"it is {row.State} and holds no signature" : null;

    /// <summary>What is wrong with a signed line; empty if nothing is.</summary>
    public IEnumerable<string> Faults(SpendRow row, Budget budget, SignedLine line) =>
        row.State is SpendStates.Signed or SpendStates.Settled or SpendStates.Released
            ? Compare(row, budget, line)
            : [$"it is {row.State} and holds a signature"];

    private IEnumerable<string> Compare(SpendRow row, Budget budget, SignedLine line)
    {
        var spend = line.Spend;
        foreach (var signer in line.Signers)
        {
            if (signer != budget.Account && signer != authorizers.AddressOf(budget.Id))
                yield return $"it is signed by {signer}, which is no key of its budget";
        }

        if (spend.Kind != row.Kind)
            yield return $"it is called {row.Kind}, and a {spend.Kind} was signed";
        if (Differs(row.Channel, spend.Channel?.ToArray()))
            yield return "it names another channel than was signed";
        if (Differs(row.Deposit, Bytes(spend.Deposit)) || Differs(row.Claimable, Bytes(spend.Claimable)))
            yield return "it names another deposit or total than was signed";
        if (Differs(row.AuthorizationNonce, spend.AuthorizationNonce?.ToArray()))
            yield return "it names another authorization than was signed";
        if (spend.JobId is { } job && Differs(row.JobId, job.ToArray()))
            yield return "it names another job than was signed";
        if (row.Channel is null && Differs(row.Payee, spend.Payee?.ToArray()))
            yield return "it names another payee than was signed";
        if (AmountFault(row, spend.Amount) is { } fault)
            yield return fault;
    }

    // Until the chain has shown what it took, the worst case counts; of a settled deposit, what did not come back.
    private static string? AmountFault(SpendRow row, UInt256 worst)
    {
        var counted = UInt256.FromBigEndian(row.Amount);
        return row.State switch
        {
            SpendStates.Signed when counted != worst => $"it counts {counted} and can take {worst}",
            SpendStates.Settled when row.Deposit is not null
                && counted + (row.Returned is { } back ? UInt256.FromBigEndian(back) : default) != worst =>
                $"it counts {counted}, which with what came back is not the {worst} that were paid in",
            SpendStates.Settled when counted > worst => $"it counts {counted} and could take {worst} at most",
            SpendStates.Released when !counted.IsZero => $"it is released and counts {counted}",
            _ => null,
        };
    }

    private static byte[]? Bytes(UInt256? value) => value is { } amount ? ChannelBook.Bytes(amount) : null;

    private static bool Differs(byte[]? stored, byte[]? signed) =>
        stored is null != signed is null || (stored is not null && !stored.AsSpan().SequenceEqual(signed));
}

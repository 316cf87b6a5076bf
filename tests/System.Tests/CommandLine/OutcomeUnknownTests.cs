using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Xunit;

namespace System.Tests.CommandLine;

/// <summary>What is said of a transaction whose end nobody saw.</summary>
public sealed class OutcomeUnknownTests
{
    [Fact]
    public void A_transaction_whose_end_is_unknown_is_looked_up_before_it_is_sent_again()
    {
        var hash = Keccak256.Hash([1]);
        var failure = Failures.From(new TransactionOutcomeUnknownException(hash, new byte[] { 1 }));
        Assert.Equal(("outcome_unknown", true, false), (failure.Code, failure.Charged, failure.Retryable));
        Assert.Contains($"aitbc blockchain tx {hash}", failure.Next, StringComparison.Ordinal);
        Assert.DoesNotContain("at most once", failure.Next, StringComparison.Ordinal);
    }
}

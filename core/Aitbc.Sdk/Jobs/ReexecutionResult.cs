using System.Text;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Sdk.Chain;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// What a re-executor votes for: the output and the count of units in one hash, so that a majority finds a wrong output
/// and a wrong count alike (specs/market/jobs.md, Re-execution).
/// </summary>
public static class ReexecutionResult
{
    private static readonly AbiType Parts = AbiType.Parse("(bytes32,uint256)");

    /// <summary>
    /// The vote where the work gives no result, or the provider has not handed over, signed and to the letter of the
    /// terms, what it claims in the escrow.
    /// </summary>
    public static Hash256 None { get; } = Keccak256.Hash(Encoding.UTF8.GetBytes("AITBC no result"));

    /// <summary>keccak256(abi.encode(outputHash, units)).</summary>
    /// <param name="outputHash">Keccak-256 of the output's bytes.</param>
    /// <param name="units">What was used.</param>
    public static Hash256 Of(Hash256 outputHash, ulong units) =>
        Keccak256.Hash(AbiCodec.Encode(Parts, outputHash, (UInt256)units));

    /// <summary>The result that a receipt states.</summary>
    public static Hash256 Of(Receipt receipt)
    {
        ArgumentNullException.ThrowIfNull(receipt);
        return Of(receipt.OutputHash, receipt.Units);
    }

    /// <summary>
    /// Null if a receipt, good for the terms by itself (<see cref="ReceiptRules"/>), is the one that was delivered and
    /// states what its provider claims in the escrow; otherwise what is wrong.
    /// </summary>
    /// <param name="terms">With a re-execution.</param>
    /// <param name="receipt">What the provider handed over.</param>
    /// <param name="escrow">The job in the escrow.</param>
    /// <param name="claimed">What the hook holds as the provider's result; zero = none.</param>
    public static string? Difference(JobTerms terms, Receipt receipt, EscrowJob escrow, Hash256 claimed)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(receipt);
        ArgumentNullException.ThrowIfNull(escrow);
        if (receipt.Digest() != escrow.Deliverable)
            return "The receipt's digest is not the deliverable in the escrow.";
        if (receipt.Charge != escrow.Charge)
            return "The charge in the escrow is not the receipt's.";
        if (receipt.EngineVersion != terms.Reexecution?.EngineVersion)
            return "The receipt names another engine version than the terms.";
        return claimed == Of(receipt) ? null : "The result in the escrow is not the receipt's output and units.";
    }
}

using Aitbc.Ledger.Contracts.ReceiptRoots;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Merkle;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Ledger.Contracts.Bonds;

/// <summary>
/// What a provider has said about a job, as the chain itself can check it: a signed receipt, or a leaf of a root that
/// the provider published.
/// </summary>
/// <param name="Provider">Who said it.</param>
/// <param name="JobId">About which job.</param>
/// <param name="Digest">The receipt's EIP-712 digest.</param>
internal sealed record BondEvidence(Address Provider, Hash256 JobId, Hash256 Digest)
{
    private const int Chain = 1;
    private const int Escrow = 2;
    private const int Provided = 3;

    // specs/market/receipts.md; the Sdk signs the same type.
    private static readonly Eip712Type Type = Eip712Type.Parse(
        "Receipt(bytes32 jobId,uint256 chainId,address escrow,address provider,address client,string engine,"
        + "string engineVersion,bytes32 specHash,bytes32 inputHash,bytes32 outputHash,uint256 units,string unitKind,"
        + "uint256 charge,uint64 startedAtMs,uint64 endedAtMs)");

    private static readonly AbiType Tuple = AbiType.Parse(BondsAbi.ReceiptTuple);

    /// <summary>Reads a receipt of this chain's market that its provider signed.</summary>
    public static BondEvidence Signed(CallFrame frame, CallArguments receipt, byte[] signature)
    {
        if (receipt.Number(Chain) != frame.ChainId || receipt.Address(Escrow) != SystemContracts.JobEscrow)
            throw BondsAbi.Error("OtherChain");
        var digest = DigestOf(frame, receipt);
        var said = new BondEvidence(receipt.Address(Provided), receipt.Word(0), digest);
        return SignatureCheck.IsBy(frame, said.Provider, digest, signature)
            ? said
            : throw BondsAbi.Error("BadSignature");
    }

    /// <summary>Reads a leaf that stands in a root which the provider published.</summary>
    public static BondEvidence Published(
        CallFrame frame, Address provider, Hash256 jobId, Hash256 digest, ulong epoch, UInt256 index,
        IReadOnlyList<Hash256> proof)
    {
        ReceiptRootsContract.ChargeHashes(frame, 1);
        return ReceiptRootsContract.Includes(
            frame, provider, epoch, ReceiptTree.Leaf(jobId, digest), index, proof)
            ? new BondEvidence(provider, jobId, digest)
            : throw BondsAbi.Error("NotInRoot");
    }

    // Five Keccaks of fixed size (domain, its two texts, struct, digest) and the three texts of the receipt.
    private static Hash256 DigestOf(CallFrame frame, CallArguments receipt)
    {
        var values = Enumerable.Range(0, Tuple.Components.Count).Select(receipt.Value).ToArray();
        var bytes = values.OfType<string>().Sum(System.Text.Encoding.UTF8.GetByteCount);
        frame.Charge((8 * GasSchedule.Hash) + (GasSchedule.HashWord * (32 + GasSchedule.Words(bytes))));
        var domain = new Eip712Domain
        {
            Name = "AITBC",
            Version = "1",
            ChainId = frame.ChainId,
            VerifyingContract = SystemContracts.JobEscrow,
        };
        return Eip712.Digest(domain, Type.HashStruct(values));
    }
}

using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.Blocks;
using Aitbc.Node.Bft.Wire;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Light;

namespace Aitbc.Node.Bft.Snapshots;

/// <summary>The whole block of a header that is believed.</summary>
internal static class SnapshotBlock
{
    /// <summary>The block; null if body or certificate are others.</summary>
    public static Block? TryRead(CertifiedBlock item, LightHeader header, ChainBinding binding)
    {
        if (!MessageCodec.TryDecode(item.Certificate, out var message)
            || message is not VoteCertificate { Kind: VoteKind.Precommit } commit
            || new CertificateVerifier(binding, Ed25519Verifier.Instance)
                .VerifyCommit(commit, header.Validators, header.Height, header.Hash) != CertificateError.None)
            return null;
        try
        {
            if (item.Body.Length > BlockParts.MaxBody)
                return null;
            var block = Block.Decode(item.Body);
            return block.Header.Hash() == header.Hash && block.Header.ExtraData == block.Consensus.Hash()
                && Block.RootOf(block.Transactions.Select(t => t.Encode())) == block.Header.TransactionsRoot
                && block.Encode().AsSpan().SequenceEqual(item.Body)
                ? block
                : null;
        }
        catch (RlpException)
        {
            return null;
        }
    }
}

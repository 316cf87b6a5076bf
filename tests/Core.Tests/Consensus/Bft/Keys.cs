using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Core.Tests.Consensus.Bft;

/// <summary>Validators with real Ed25519 keys.</summary>
internal static class Keys
{
    public static readonly ChainBinding Chain = new(7777, Keccak256.Hash("genesis"u8));

    public static readonly CertificateVerifier Certificates = new(Chain, Ed25519Verifier.Instance);

    public static readonly BlockInfo A = Block("a");

    public static readonly BlockInfo B = Block("b");

    public static BlockInfo Block(string name) => new(
        Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(name)), Keccak256.Hash("parts"u8), 100);

    public static byte[] Seed(int i) => [.. Enumerable.Repeat((byte)(i + 1), 32)];

    public static ValidatorSet Set(int count) => ValidatorSet.Create([.. Enumerable.Range(0, count).Select(Member)]);

    // Operators ascend with i, so that the index in the set is i.
    public static Validator Member(int i)
    {
        var account = new byte[20];
        account[0] = (byte)(i + 1);
        return new Validator(Address.FromBytes(account), Ed25519Keys.PublicKeyOf(Seed(i)));
    }

    public static T Signed<T>(T message)
        where T : SignedMessage =>
        (T)message.WithSignature(Ed25519Keys.Sign(Seed(message.Signer), message.SignBytes(Chain)));

    public static Vote Prevote(int signer, Hash256 block, ulong height = 1, int round = 0, int validRound = -1) =>
        Signed(new Vote(VoteKind.Prevote, height, round, block, validRound, signer, default));

    public static Vote Precommit(int signer, Hash256 block, ulong height = 1, int round = 0) =>
        Signed(new Vote(VoteKind.Precommit, height, round, block, -1, signer, default));

    public static Proposal Proposal(
        int signer, BlockInfo block, ulong height = 1, int round = 0, int validRound = -1) =>
        Signed(new Proposal(height, round, block, validRound, signer, default));

    public static VoteCertificate Commit(int count, Hash256 block, int of = 4, ulong height = 1, int round = 0) =>
        VoteCertificate.FromVotes(
            [.. Enumerable.Range(0, count).Select(i => Precommit(i, block, height, round))], of);

    public static VoteCertificate Polka(
        int count, Hash256 block, int of = 4, ulong height = 1, int round = 0, int validRound = -1) =>
        VoteCertificate.FromVotes(
            [.. Enumerable.Range(0, count).Select(i => Prevote(i, block, height, round, validRound))], of);
}

using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Simulator.Running;

namespace Aitbc.Simulator.Model;

/// <summary>
/// Keys and signatures of a run. Real Ed25519 on request; otherwise checksums over key and message, which are as good
/// for finding faults of the protocol, because no adversary here computes one for a key it does not hold.
/// </summary>
internal sealed class SimKeys(bool real) : ISignatureVerifier
{
    public const int Most = 16;

    public static readonly ChainBinding Chain = new(7777, Keccak256.Hash("simulated genesis"u8));

    private static readonly byte[][] RealPublic =
        [.. Enumerable.Range(0, Most).Select(i => Ed25519Keys.PublicKeyOf(Seed(i)))];

    public Validator Member(int key)
    {
        var account = new byte[20];
        account[0] = (byte)(key + 1);
        return new Validator(Address.FromBytes(account), Public(key));
    }

    public ReadOnlyMemory<byte> Public(int key) => real ? RealPublic[key] : Seed(key);

    public int KeyOf(Validator member) => member.Operator.ToArray()[0] - 1;

    public IMessageSigner Signer(int key) => real ? new Ed25519Signer(Seed(key)) : new Checksums(Seed(key));

    public T Signed<T>(T message, int key)
        where T : SignedMessage =>
        (T)message.WithSignature(Signer(key).Sign(message.SignBytes(Chain)));

    public bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        if (real)
            return Ed25519Keys.Verify(publicKey, message, signature);
        if (signature.Length != Ed25519Keys.SignatureLength)
            return false;
        Span<byte> expected = stackalloc byte[Ed25519Keys.SignatureLength];
        Checksum(publicKey, message, expected);
        return expected.SequenceEqual(signature);
    }

    private static byte[] Seed(int key) => [.. Enumerable.Repeat((byte)(key + 1), 32)];

    private static void Checksum(ReadOnlySpan<byte> key, ReadOnlySpan<byte> message, Span<byte> signature)
    {
        var (one, two) = (EventHash.Of(key), EventHash.Of(message));
        for (var i = 0; i < signature.Length; i += 8)
        {
            two = ((two ^ one) * 0x94d049bb133111eb) + (ulong)i;
            BitConverter.TryWriteBytes(signature[i..], two ^ (two >> 31));
        }
    }

    private sealed class Checksums(byte[] key) : IMessageSigner
    {
        public ReadOnlyMemory<byte> Sign(ReadOnlySpan<byte> message)
        {
            var signature = new byte[Ed25519Keys.SignatureLength];
            Checksum(key, message, signature);
            return signature;
        }
    }
}

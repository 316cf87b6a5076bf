namespace Aitbc.Primitives.Crypto;

/// <summary>The operations both libraries offer. All inputs have been checked for length and range.</summary>
internal interface ISecp256k1Backend
{
    string Name { get; }

    bool IsValidSecret(ReadOnlySpan<byte> secret);

    void PublicKey(ReadOnlySpan<byte> secret, Span<byte> publicKey64);

    Signature Sign(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> hash);

    bool TryRecover(ReadOnlySpan<byte> hash, Signature signature, Span<byte> publicKey64);
}

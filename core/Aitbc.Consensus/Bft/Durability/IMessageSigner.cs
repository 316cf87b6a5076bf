using Aitbc.Primitives.Crypto;

namespace Aitbc.Consensus.Bft.Durability;

/// <summary>Signs with the validator's key; a port, so that a key can live outside the process.</summary>
public interface IMessageSigner
{
    /// <summary>64 bytes over the message.</summary>
    ReadOnlyMemory<byte> Sign(ReadOnlySpan<byte> message);
}

/// <summary>Ed25519 with a secret seed in memory.</summary>
/// <param name="seed">32 bytes.</param>
public sealed class Ed25519Signer(ReadOnlyMemory<byte> seed) : IMessageSigner
{
    /// <inheritdoc />
    public ReadOnlyMemory<byte> Sign(ReadOnlySpan<byte> message) => Ed25519Keys.Sign(seed.Span, message);
}

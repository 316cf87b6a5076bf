using System.Security.Cryptography;
using Aitbc.Primitives;

namespace Aitbc.Node.Network.Links.Wire;

/// <summary>What a proof is about: both keys of this TLS connection, and both hellos (H2).</summary>
/// <param name="Dialler">Key hash that TLS has proven, or one's own.</param>
/// <param name="Listener">Likewise.</param>
/// <param name="DiallerHello">As it was sent.</param>
/// <param name="ListenerHello">As it was sent.</param>
internal sealed record LinkSubject(
    PeerId Dialler, PeerId Listener, ReadOnlyMemory<byte> DiallerHello, ReadOnlyMemory<byte> ListenerHello)
{
    private static ReadOnlySpan<byte> Tag => "aitbc/p2p/auth/1"u8;

    public byte[] SignedBytes(bool isDialler)
    {
        var bytes = new byte[Tag.Length + 1 + (4 * Hash256.Length)];
        Tag.CopyTo(bytes);
        bytes[Tag.Length] = isDialler ? (byte)0 : (byte)1;
        var rest = bytes.AsSpan(Tag.Length + 1);
        Dialler.KeyHash.CopyTo(rest);
        Listener.KeyHash.CopyTo(rest[Hash256.Length..]);
        SHA256.HashData(DiallerHello.Span, rest[(2 * Hash256.Length)..]);
        SHA256.HashData(ListenerHello.Span, rest[(3 * Hash256.Length)..]);
        return bytes;
    }
}

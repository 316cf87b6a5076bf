namespace Aitbc.Primitives;

/// <summary>
/// The one id a job has everywhere. It derives from who orders and from the order's idempotency key, so that a repeated
/// order is the same job before anything is stored or paid (specs/contracts/escrow.md).
/// </summary>
public static class JobId
{
    /// <summary>Longest idempotency key, in characters.</summary>
    public const int MaxKeyLength = 64;

    /// <summary>keccak256(client ‖ <see cref="ClientKey"/>(key)).</summary>
    /// <exception cref="ArgumentException">The key is not 1 to 64 printable ASCII characters.</exception>
    public static Hash256 Derive(Address client, string idempotencyKey) => Derive(client, ClientKey(idempotencyKey));

    /// <summary>keccak256(client ‖ clientKey), as the escrow contract computes it.</summary>
    public static Hash256 Derive(Address client, Hash256 clientKey)
    {
        Span<byte> bytes = stackalloc byte[Address.Length + Hash256.Length];
        client.CopyTo(bytes);
        clientKey.CopyTo(bytes[Address.Length..]);
        return Keccak256.Hash(bytes);
    }

    /// <summary>keccak256 of the key's bytes.</summary>
    /// <exception cref="ArgumentException">The key is not 1 to 64 printable ASCII characters.</exception>
    public static Hash256 ClientKey(string idempotencyKey) =>
        IsValidKey(idempotencyKey)
            ? Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(idempotencyKey))
            : throw new ArgumentException(
                "An idempotency key is 1 to 64 printable ASCII characters.", nameof(idempotencyKey));

    /// <summary>True for 1 to 64 printable ASCII characters (0x21 to 0x7e).</summary>
    public static bool IsValidKey(string? idempotencyKey) =>
        idempotencyKey is { Length: >= 1 and <= MaxKeyLength } && idempotencyKey.All(c => c is > ' ' and < '\x7f');
}

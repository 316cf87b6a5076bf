namespace Aitbc.Primitives.Encoding;

/// <summary>Why bytes are not the one canonical RLP of what was expected (specs/encoding.md).</summary>
public enum RlpError
{
    /// <summary>The bytes end before the item does.</summary>
    Truncated,

    /// <summary>Bytes follow the last item.</summary>
    TrailingBytes,

    /// <summary>A string stands where a list was expected, or the other way round.</summary>
    WrongKind,

    /// <summary>A length or a single byte is not in its shortest form.</summary>
    NotCanonical,

    /// <summary>An integer has a leading zero byte.</summary>
    LeadingZero,

    /// <summary>An integer, address or hash has a wrong length.</summary>
    WrongLength,
}

/// <summary>Thrown by <see cref="RlpReader"/> for bytes that are not canonical RLP.</summary>
/// <param name="error">Why.</param>
public sealed class RlpException(RlpError error) : Exception($"Not canonical RLP: {error}.")
{
    /// <summary>Why.</summary>
    public RlpError Error { get; } = error;
}

namespace Aitbc.Primitives.Abi;

/// <summary>Bytes that are no ABI encoding of the expected types, or values that do not fit them.</summary>
/// <param name="message">What is wrong, as a sentence.</param>
public sealed class AbiException(string message) : FormatException(message);

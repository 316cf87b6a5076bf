using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Consensus.Bft.Validators;

/// <summary>One member of a validator set.</summary>
/// <param name="Operator">Account of its operator; sets are sorted by it.</param>
/// <param name="PublicKey">Ed25519 key, 32 bytes.</param>
/// <param name="Weight">Voting weight, at least 1.</param>
public sealed record Validator(Address Operator, ReadOnlyMemory<byte> PublicKey, ulong Weight = 1)
{
    /// <summary>Bytes of one validator in the encoding of a set.</summary>
    internal const int Length = Address.Length + Ed25519Keys.PublicKeyLength + 8;
}

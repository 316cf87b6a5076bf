using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Consensus.Bft.Validators;

/// <summary>Why a list of validators is no set.</summary>
public enum ValidatorSetError
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>Nobody in it.</summary>
    Empty,

    /// <summary>More than <see cref="BftLimits.MaxValidators"/>.</summary>
    TooMany,

    /// <summary>Two of one operator.</summary>
    DuplicateOperator,

    /// <summary>Two with one key.</summary>
    DuplicateKey,

    /// <summary>A key that is not 32 bytes.</summary>
    BadKey,

    /// <summary>A weight of 0, or a total above 2^62.</summary>
    BadWeight,

    /// <summary>The bytes are not the encoding of a set.</summary>
    BadEncoding,

    /// <summary>More members change than one block may change.</summary>
    TooManyChanges,
}

/// <summary>The validators of one height, sorted by operator. Immutable.</summary>
public sealed class ValidatorSet
{
    private const ulong MaxTotalWeight = 1UL << 62;
    private readonly Validator[] validators;

    private ValidatorSet(Validator[] sorted, ulong total)
    {
        validators = sorted;
        TotalWeight = total;
        QuorumWeight = Quorum.Of(total);
        SkipWeight = Quorum.SkipOf(total);
        Hash = Keccak256.Hash([.. "aitbc/validators/1"u8, .. ToBytes()]);
    }

    /// <summary>Number of validators, 1 to <see cref="BftLimits.MaxValidators"/>.</summary>
    public int Count => validators.Length;

    /// <summary>Sum of the weights.</summary>
    public ulong TotalWeight { get; }

    /// <summary>Weight that makes a quorum.</summary>
    public ulong QuorumWeight { get; }

    /// <summary>Weight that certainly holds an honest validator.</summary>
    public ulong SkipWeight { get; }

    /// <summary>keccak256("aitbc/validators/1" || <see cref="ToBytes"/>).</summary>
    public Hash256 Hash { get; }

    /// <summary>The validator with this index.</summary>
    public Validator this[int index] => validators[index];

    /// <summary>Sorts and checks.</summary>
    /// <param name="members">Members in any order.</param>
    /// <param name="set">The set, or null.</param>
    /// <returns>Why there is none.</returns>
    public static ValidatorSetError TryCreate(IReadOnlyList<Validator> members, out ValidatorSet? set)
    {
        ArgumentNullException.ThrowIfNull(members);
        set = null;
        if (members.Count == 0)
            return ValidatorSetError.Empty;
        if (members.Count > BftLimits.MaxValidators)
            return ValidatorSetError.TooMany;
        var sorted = members.OrderBy(m => m.Operator).ToArray();
        var total = 0UL;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (sorted[i].PublicKey.Length != Ed25519Keys.PublicKeyLength)
                return ValidatorSetError.BadKey;
            if (i > 0 && sorted[i].Operator == sorted[i - 1].Operator)
                return ValidatorSetError.DuplicateOperator;
            if (Find(sorted, sorted[i].PublicKey.Span) != i)
                return ValidatorSetError.DuplicateKey;
            // Both are at most 2^62, so the sum cannot wrap.
            if (sorted[i].Weight is 0 or > MaxTotalWeight || (total += sorted[i].Weight) > MaxTotalWeight)
                return ValidatorSetError.BadWeight;
        }

        set = new ValidatorSet(sorted, total);
        return ValidatorSetError.None;
    }

    /// <summary>As <see cref="TryCreate"/>.</summary>
    /// <exception cref="ArgumentException">The list is no set.</exception>
    public static ValidatorSet Create(IReadOnlyList<Validator> members) =>
        TryCreate(members, out var set) is var error && set is not null
            ? set
            : throw new ArgumentException($"Not a validator set: {error}.", nameof(members));

    /// <summary>Reads what <see cref="ToBytes"/> wrote; only that, byte for byte.</summary>
    public static bool TryFromBytes(ReadOnlySpan<byte> bytes, [NotNullWhen(true)] out ValidatorSet? set)
    {
        set = null;
        if (bytes.Length < 2)
            return false;
        var count = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        if (bytes.Length != 2 + (count * Validator.Length))
            return false;
        var members = new Validator[count];
        for (var i = 0; i < count; i++)
        {
            var one = bytes.Slice(2 + (i * Validator.Length), Validator.Length);
            members[i] = new Validator(
                Address.FromBytes(one[..20]), one[20..52].ToArray(), BinaryPrimitives.ReadUInt64BigEndian(one[52..]));
            if (i > 0 && members[i].Operator.CompareTo(members[i - 1].Operator) <= 0)
                return false;
        }

        return TryCreate(members, out set) == ValidatorSetError.None && set is not null;
    }

    /// <summary>Count (2 bytes), then operator (20), key (32) and weight (8) of each, big-endian.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[2 + (Count * Validator.Length)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)Count);
        for (var i = 0; i < Count; i++)
        {
            var one = bytes.AsSpan(2 + (i * Validator.Length));
            validators[i].Operator.CopyTo(one);
            validators[i].PublicKey.Span.CopyTo(one[20..]);
            BinaryPrimitives.WriteUInt64BigEndian(one[52..], validators[i].Weight);
        }

        return bytes;
    }

    /// <summary>True for the index of a member.</summary>
    public bool Contains(int index) => index >= 0 && index < Count;

    /// <summary>Index of the member with this key; -1 if there is none.</summary>
    public int IndexOf(ReadOnlySpan<byte> publicKey) => Find(validators, publicKey);

    /// <summary>Index of the proposer of a round: (height + round) mod n. No state, so nothing to go wrong.</summary>
    /// <param name="height">Height.</param>
    /// <param name="round">Round, at least 0.</param>
    public int Proposer(ulong height, int round) =>
        (int)(((height % (ulong)Count) + ((ulong)round % (ulong)Count)) % (ulong)Count);

    /// <summary>
    /// Whether one block may turn this set into another: at most max(1, floor((n - 1) / 3)) members leave, join or
    /// change, so that a light client that trusts the old set can follow. A changed key counts as one.
    /// </summary>
    /// <param name="next">The set of the next height.</param>
    public ValidatorSetError CheckChange(ValidatorSet next)
    {
        ArgumentNullException.ThrowIfNull(next);
        var allowed = Math.Max(1, (Count - 1) / 3);
        var left = validators.Count(v => !next.Has(v));
        var joined = next.validators.Count(v => !Has(v));
        return Math.Max(left, joined) <= allowed ? ValidatorSetError.None : ValidatorSetError.TooManyChanges;
    }

    private static int Find(Validator[] among, ReadOnlySpan<byte> publicKey)
    {
        for (var i = 0; i < among.Length; i++)
        {
            if (among[i].PublicKey.Span.SequenceEqual(publicKey))
                return i;
        }

        return -1;
    }

    private bool Has(Validator validator) => IndexOf(validator.PublicKey.Span) is var i and >= 0
        && validators[i].Operator == validator.Operator && validators[i].Weight == validator.Weight;
}

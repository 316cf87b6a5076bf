namespace Aitbc.Primitives.Abi;

/// <summary>The families of Solidity ABI types.</summary>
public enum AbiKind
{
    /// <summary>uint8 to uint256; a <see cref="UInt256"/>.</summary>
    UInt,

    /// <summary>int8 to int256; a <see cref="System.Numerics.BigInteger"/>.</summary>
    Int,

    /// <summary>An <see cref="Aitbc.Primitives.Address"/>.</summary>
    Address,

    /// <summary>A <see cref="bool"/>.</summary>
    Bool,

    /// <summary>bytes1 to bytes31 as byte[]; bytes32 as <see cref="Hash256"/>.</summary>
    FixedBytes,

    /// <summary>bytes; a byte[].</summary>
    Bytes,

    /// <summary>A UTF-8 <see cref="string"/>.</summary>
    String,

    /// <summary>T[]; an object?[].</summary>
    Array,

    /// <summary>T[n]; an object?[] of n.</summary>
    FixedArray,

    /// <summary>(T1,T2,...); an object?[].</summary>
    Tuple,
}

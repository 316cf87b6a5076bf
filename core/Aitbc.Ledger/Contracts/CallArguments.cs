using System.Numerics;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts;

/// <summary>Decoded arguments, or members of a tuple, by position. Their types follow from the signature.</summary>
internal readonly struct CallArguments(object?[] values)
{
    public int Count => values.Length;

    /// <summary>The value itself, for what encodes it again.</summary>
    public object? Value(int index) => values[index];

    public Address Address(int index) => (Address)values[index]!;

    public UInt256 Number(int index) => (UInt256)values[index]!;

    public BigInteger Signed(int index) => (BigInteger)values[index]!;

    public bool Flag(int index) => (bool)values[index]!;

    public Hash256 Word(int index) => (Hash256)values[index]!;

    public byte[] Bytes(int index) => (byte[])values[index]!;

    public string Text(int index) => (string)values[index]!;

    /// <summary>The members of a tuple.</summary>
    public CallArguments Tuple(int index) => new((object?[])values[index]!);

    /// <summary>The items of an array, themselves read by position.</summary>
    public CallArguments Items(int index) => new((object?[])values[index]!);
}

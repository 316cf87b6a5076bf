namespace Aitbc.Primitives.Transactions;

/// <summary>
/// Gas a transaction costs before anything is executed (Yellow Paper, section 6; EIP-2028, EIP-2930).
/// </summary>
public static class IntrinsicGas
{
    /// <summary>Of every transaction.</summary>
    public const ulong Base = 21_000;

    /// <summary>Of every zero byte of data.</summary>
    public const ulong PerZeroByte = 4;

    /// <summary>Of every other byte of data.</summary>
    public const ulong PerByte = 16;

    /// <summary>Of every address of the access list.</summary>
    public const ulong PerAddress = 2_400;

    /// <summary>Of every storage key of the access list.</summary>
    public const ulong PerStorageKey = 1_900;

    /// <summary>The sum for a call.</summary>
    public static ulong Of(Transaction transaction)
    {
        ArgumentNullException.ThrowIfNull(transaction);
        return Of(transaction.Data.Span, transaction.AccessList);
    }

    /// <summary>The sum for a call with this data and access list.</summary>
    public static ulong Of(ReadOnlySpan<byte> data, IReadOnlyList<AccessListEntry> accessList)
    {
        ArgumentNullException.ThrowIfNull(accessList);
        var zeros = (ulong)data.Count((byte)0);
        var gas = Base + (zeros * PerZeroByte) + (((ulong)data.Length - zeros) * PerByte);
        foreach (var entry in accessList)
            gas += PerAddress + ((ulong)entry.StorageKeys.Count * PerStorageKey);
        return gas;
    }
}

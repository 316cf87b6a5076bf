using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.Blocks;

/// <summary>The sixteen header fields of London (EIP-1559), with the constants of proof of stake (EIP-3675).</summary>
public sealed record BlockHeader
{
    /// <summary>Keccak-256 of the RLP of an empty list.</summary>
    public static readonly Hash256 EmptyOmmersHash =
        Hash256.Parse("0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");

    /// <summary>Hash of the block before.</summary>
    public required Hash256 ParentHash { get; init; }

    /// <summary>Receives the tips.</summary>
    public required Address Miner { get; init; }

    /// <summary>Root of the state after the block.</summary>
    public required Hash256 StateRoot { get; init; }

    /// <summary>Root of its transactions.</summary>
    public required Hash256 TransactionsRoot { get; init; }

    /// <summary>Root of its receipts.</summary>
    public required Hash256 ReceiptsRoot { get; init; }

    /// <summary>Bloom of its logs, 256 bytes.</summary>
    public required ReadOnlyMemory<byte> LogsBloom { get; init; }

    /// <summary>Height; genesis is 0.</summary>
    public required ulong Number { get; init; }

    /// <summary>Gas the block may use.</summary>
    public required ulong GasLimit { get; init; }

    /// <summary>Gas the block used.</summary>
    public required ulong GasUsed { get; init; }

    /// <summary>Unix seconds.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>Hash of the consensus fields.</summary>
    public required Hash256 ExtraData { get; init; }

    /// <summary>Burned per gas, in atto-AIT.</summary>
    public required UInt256 BaseFeePerGas { get; init; }

    /// <summary>Keccak-256 of the RLP.</summary>
    public Hash256 Hash() => Keccak256.Hash(Encode());

    /// <summary>The RLP of the sixteen fields.</summary>
    public byte[] Encode()
    {
        var writer = new RlpWriter(640);
        Write(writer);
        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote, and only that.</summary>
    /// <exception cref="RlpException">Other bytes.</exception>
    public static BlockHeader Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new RlpReader(bytes);
        var header = Read(ref reader);
        reader.EnsureEnd();
        return header;
    }

    internal void Write(RlpWriter writer)
    {
        var list = writer.StartList();
        writer.Write(ParentHash);
        writer.Write(EmptyOmmersHash);
        writer.Write(Miner);
        writer.Write(StateRoot);
        writer.Write(TransactionsRoot);
        writer.Write(ReceiptsRoot);
        writer.Write(LogsBloom.Span);
        writer.Write(0UL);
        writer.Write(Number);
        writer.Write(GasLimit);
        writer.Write(GasUsed);
        writer.Write(Timestamp);
        writer.Write(ExtraData);
        writer.Write(Hash256.Zero);
        writer.Write(stackalloc byte[8]);
        writer.Write(BaseFeePerGas);
        writer.EndList(list);
    }

    internal static BlockHeader Read(ref RlpReader reader)
    {
        var f = reader.ReadList();
        var parent = f.ReadHash();
        Expect(f.ReadHash() == EmptyOmmersHash);
        var header = new BlockHeader
        {
            ParentHash = parent,
            Miner = f.ReadAddress(),
            StateRoot = f.ReadHash(),
            TransactionsRoot = f.ReadHash(),
            ReceiptsRoot = f.ReadHash(),
            LogsBloom = f.ReadBytes(Bloom.Length).ToArray(),
            Number = f.ReadUInt64() == 0 ? f.ReadUInt64() : throw new RlpException(RlpError.WrongLength),
            GasLimit = f.ReadUInt64(),
            GasUsed = f.ReadUInt64(),
            Timestamp = f.ReadUInt64(),
            ExtraData = f.ReadHash(),
            BaseFeePerGas = f.ReadHash().IsZero && f.ReadBytes(8).IndexOfAnyExcept((byte)0) < 0
                ? f.ReadUInt256()
                : throw new RlpException(RlpError.WrongLength),
        };
        f.EnsureEnd();
        return header;
    }

    private static void Expect(bool holds)
    {
        if (!holds)
            throw new RlpException(RlpError.WrongLength);
    }
}

using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.Blocks;

/// <summary>
/// What consensus adds to a block. The header's extraData is the Keccak-256 of its RLP: stock clients refuse an
/// extraData of more than 32 bytes (docs/adr/0004-storage.md).
/// </summary>
/// <param name="Version">Version of these fields, 1.</param>
/// <param name="TimeMs">Block time, Unix milliseconds.</param>
/// <param name="ValidatorsHash">Hash of the validator set that decides the block.</param>
public sealed record ConsensusFields(ulong Version, ulong TimeMs, Hash256 ValidatorsHash)
{
    /// <summary>The current version.</summary>
    public const ulong CurrentVersion = 1;

    /// <summary>The header's extraData.</summary>
    public Hash256 Hash()
    {
        var writer = new RlpWriter(64);
        Write(writer);
        return Keccak256.Hash(writer.Written);
    }

    internal void Write(RlpWriter writer)
    {
        var list = writer.StartList();
        writer.Write(Version);
        writer.Write(TimeMs);
        writer.Write(ValidatorsHash);
        writer.EndList(list);
    }

    internal static ConsensusFields Read(ref RlpReader reader)
    {
        var fields = reader.ReadList();
        var read = new ConsensusFields(fields.ReadUInt64(), fields.ReadUInt64(), fields.ReadHash());
        fields.EnsureEnd();
        return read;
    }
}

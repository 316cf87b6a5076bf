using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.Blocks;

/// <summary>
/// What consensus adds to a block. The header's extraData is the Keccak-256 of its RLP: stock clients refuse an
/// extraData of more than 32 bytes (docs/adr/0004-storage.md). Version 1 is for chains without a registered validator
/// set, version 2 for those with one.
/// </summary>
/// <param name="Version">1 or 2.</param>
/// <param name="TimeMs">Block time, Unix milliseconds.</param>
/// <param name="ValidatorsHash">Hash of the validator set that decides the block.</param>
public sealed record ConsensusFields(ulong Version, ulong TimeMs, Hash256 ValidatorsHash)
{
    /// <summary>Version of a chain with one validator that is not registered.</summary>
    public const ulong SoloVersion = 1;

    /// <summary>Version of a chain whose validators are registered.</summary>
    public const ulong SetVersion = 2;

    /// <summary>Version 2: hash of the set that decides the next block, out of the state after this one.</summary>
    public Hash256 NextValidatorsHash { get; init; }

    /// <summary>
    /// Version 2: index, in the set that decides the block, of the validator that made it. It need not be the one that
    /// proposed it last.
    /// </summary>
    public ulong ProposerIndex { get; init; }

    /// <summary>Version 2: proofs against validators, executed before the first transaction; at most four.</summary>
    public IReadOnlyList<EquivocationProof> Proofs { get; init; } = [];

    /// <summary>The header's extraData.</summary>
    public Hash256 Hash() => Keccak256.Hash(Encode());

    /// <summary>The RLP of the fields.</summary>
    public byte[] Encode()
    {
        var writer = new RlpWriter(128);
        Write(writer);
        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote, and only that.</summary>
    /// <exception cref="RlpException">Other bytes.</exception>
    public static ConsensusFields Decode(ReadOnlySpan<byte> bytes)
    {
        var reader = new RlpReader(bytes);
        var fields = Read(ref reader);
        reader.EnsureEnd();
        return fields;
    }

    internal void Write(RlpWriter writer)
    {
        var list = writer.StartList();
        writer.Write(Version);
        writer.Write(TimeMs);
        writer.Write(ValidatorsHash);
        if (Version == SetVersion)
        {
            writer.Write(NextValidatorsHash);
            writer.Write(ProposerIndex);
            var proofs = writer.StartList();
            foreach (var proof in Proofs)
                proof.Write(writer);
            writer.EndList(proofs);
        }

        writer.EndList(list);
    }

    internal static ConsensusFields Read(ref RlpReader reader)
    {
        var fields = reader.ReadList();
        var read = new ConsensusFields(fields.ReadUInt64(), fields.ReadUInt64(), fields.ReadHash());
        if (read.Version == SetVersion)
        {
            read = read with
            {
                NextValidatorsHash = fields.ReadHash(),
                ProposerIndex = fields.ReadUInt64(),
                Proofs = ReadProofs(ref fields),
            };
        }
        else if (read.Version != SoloVersion)
        {
            throw new RlpException(RlpError.WrongKind);
        }

        fields.EnsureEnd();
        return read;
    }

    private static List<EquivocationProof> ReadProofs(ref RlpReader fields)
    {
        var list = fields.ReadList();
        var proofs = new List<EquivocationProof>();
        while (!list.IsEnd)
        {
            if (proofs.Count == EquivocationProof.MostInBlock)
                throw new RlpException(RlpError.WrongLength);
            proofs.Add(EquivocationProof.Read(ref list));
        }

        return proofs;
    }
}

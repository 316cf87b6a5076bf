using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Sdk.Files;

namespace Aitbc.Node.Bft.Durable;

/// <summary>
/// The file of the sign guard, beside the key and in no database: a copy of the database that is put back must not put
/// the guard back too (specs/storage.md, section 7).
/// </summary>
internal sealed class GuardFile(string folder)
{
    private readonly string path = Path.Combine(folder, "sign.guard");

    /// <summary>What was signed last; null if there is no file.</summary>
    /// <exception cref="NodeStartException">The file is damaged or of another chain.</exception>
    public GuardRecord? Read(ChainBinding binding)
    {
        if (!File.Exists(path))
            return null;
        return GuardRecord.FromBytes(File.ReadAllBytes(path), binding) ?? throw new NodeStartException(
            NodeStartException.Damaged,
            $"The sign guard {path} is damaged or of another chain. If it is certain that this key signs nowhere else, "
            + "move the file away and start with the option confirmSoleSigner. Nothing was changed.");
    }

    public void Store(ReadOnlySpan<byte> content) => DurableFile.Replace(path, content);
}

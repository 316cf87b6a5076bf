using System.Globalization;
using Aitbc.Ledger.Blocks;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Files;

namespace Aitbc.Node.Bft.Durable;

/// <summary>
/// Bodies of blocks that are proposed or prevoted, until their height is decided: a validator that comes back must be
/// able to show what it voted for, and builds no second block for a round.
/// </summary>
internal sealed class BodyFiles(string folder)
{
    private const string Ending = ".body";

    /// <summary>The block that was built here for a round; null if none was.</summary>
    public byte[]? Built(ulong height, int round) => Read(NameOf(height, Round(round)));

    /// <summary>A body by the hash of its block. Any thread may ask.</summary>
    public byte[]? Find(ulong height, Hash256 block)
    {
        if (Read(NameOf(height, block.ToHex())) is { } kept)
            return kept;
        foreach (var path in Directory.EnumerateFiles(folder, NameOf(height, "r*")))
        {
            if (Read(Path.GetFileName(path)) is { } built && HashOf(built) == block)
                return built;
        }

        return null;
    }

    /// <summary>Keeps a block that was built here; durable on return, for nobody else may have it.</summary>
    public void KeepBuilt(ulong height, int round, ReadOnlySpan<byte> body) =>
        DurableFile.Replace(Path.Combine(folder, NameOf(height, Round(round))), body);

    /// <summary>
    /// Keeps a body that others have too: it survives the process, and after a loss of power it is asked for.
    /// </summary>
    public void Keep(ulong height, Hash256 block, ReadOnlySpan<byte> body)
    {
        if (Find(height, block) is not null)
            return;
        var path = Path.Combine(folder, NameOf(height, block.ToHex()));
        File.WriteAllBytes(path + ".new", body);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>Hash of the block of a body; null if it has no header.</summary>
    public static Hash256? HashOf(ReadOnlySpan<byte> body)
    {
        try
        {
            return Block.DecodeHeader(body).Hash();
        }
        catch (RlpException)
        {
            return null;
        }
    }

    /// <summary>Bodies up to this height are in the chain, or will never be.</summary>
    public void Forget(ulong height)
    {
        var last = Number(height);
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            if (string.CompareOrdinal(Path.GetFileName(path)[..last.Length], last) <= 0)
                File.Delete(path);
        }
    }

    private static string Round(int round) => "r" + round.ToString(CultureInfo.InvariantCulture);

    private static string Number(ulong height) => height.ToString("d20", CultureInfo.InvariantCulture);

    private static string NameOf(ulong height, string what) => $"{Number(height)}-{what}{Ending}";

    private byte[]? Read(string name)
    {
        var path = Path.Combine(folder, name);
        return File.Exists(path) ? File.ReadAllBytes(path) : null;
    }
}

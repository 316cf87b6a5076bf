using System.Globalization;
using Aitbc.Consensus.Bft.Durability;
using Aitbc.Consensus.Bft.Engine;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Sdk.Files;

namespace Aitbc.Node.Bft.Durable;

/// <summary>
/// The log of consensus, a file for each height (specs/consensus.md, D1 to D3). A write that fails is final: whatever
/// was half written may be there, so nothing more is signed.
/// </summary>
internal sealed class WalFiles(string folder, ChainBinding binding) : IDisposable
{
    private const string Ending = ".wal";
    private FileStream? file;

    /// <summary>
    /// Opens the log of a height and reads it; null if there is none, or none that got as far as its first record.
    /// </summary>
    /// <exception cref="NodeStartException">A damage that no crash makes.</exception>
    public IReadOnlyList<BftInput>? Open(ulong height)
    {
        var path = PathOf(height);
        if (!File.Exists(path))
            return null;
        var content = WalCodec.Read(File.ReadAllBytes(path), binding, height);
        if (content.Status is WalStatus.Damaged or WalStatus.OtherHeight)
        {
            var what = content.Status == WalStatus.Damaged
                ? $"is damaged at byte {content.GoodLength}, with good records after it"
                : "is of another chain or height";
            throw new NodeStartException(
                NodeStartException.Damaged,
                $"The consensus log {path} {what}. Move it away and start again: this validator then signs "
                + "nothing more of that height. Nothing was changed.");
        }

        if (content.GoodLength == 0)
            return null;
        file?.Dispose();
        file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.SetLength(content.GoodLength);
        file.Seek(0, SeekOrigin.End);
        return content.Inputs;
    }

    /// <summary>
    /// Begins the log of a height; logs of lower ones go. One of a higher height is from before the database was lost:
    /// with it this validator votes there as it did.
    /// </summary>
    public void Start(ulong height, ReadOnlySpan<byte> header)
    {
        file?.Dispose();
        file = new FileStream(PathOf(height), FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        file.Write(header);
        foreach (var old in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            if (string.CompareOrdinal(old, file.Name) < 0)
                File.Delete(old);
        }

        DurableFile.SyncFolder(folder);
    }

    public void Append(ReadOnlySpan<byte> record) => file!.Write(record);

    public void Sync() => file!.Flush(flushToDisk: true);

    public void Dispose() => file?.Dispose();

    private string PathOf(ulong height) =>
        Path.GetFullPath(Path.Combine(folder, height.ToString("d20", CultureInfo.InvariantCulture) + Ending));
}

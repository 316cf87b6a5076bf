using System.Globalization;
using Aitbc.Primitives;
using Aitbc.Sdk.Files;

namespace Aitbc.Provider.Earnings;

/// <summary>
/// Everything that was earned, a file for each day in UTC. Lines come from records that are synced already: what a
/// crash takes from here is restored from those.
/// </summary>
internal sealed class EarningBook : IDisposable
{
    private const string Ending = ".earned";
    private const string DayFormat = "yyyy-MM-dd";
    private readonly Lock gate = new();
    private readonly string folder;
    private readonly TimeSpan keep;
    private readonly TimeProvider time;
    private readonly List<EarningLine> late = [];
    private FileStream? file;
    private DateOnly day;
    private bool isTorn;
    private DateOnly? summed;
    private UInt256 sum;

    /// <param name="dataFolder">The folder of the provider.</param>
    /// <param name="keep">How long days are kept.</param>
    /// <param name="time">The clock.</param>
    public EarningBook(string dataFolder, TimeSpan keep, TimeProvider time)
    {
        (this.keep, this.time) = (keep, time);
        folder = Directory.CreateDirectory(Path.Combine(dataFolder, "earnings")).FullName;
    }

    private DateOnly Oldest => EarningLine.DayOf(time.GetUtcNow() - keep);

    /// <summary>Charged on this day in UTC, in atto-AIT.</summary>
    public UInt256 Today()
    {
        var today = EarningLine.DayOf(time.GetUtcNow());
        lock (gate)
        {
            if (summed != today)
            {
                (summed, sum) = (today, UInt256.Zero);
                foreach (var line in Lines(today))
                    sum += line?.Charged ?? UInt256.Zero;
            }

            return sum;
        }
    }

    /// <summary>Writes a line that was never written. What cannot be written now is tried again.</summary>
    public void Add(EarningLine line)
    {
        lock (gate)
        {
            late.Add(line);
            try
            {
                WriteLate();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Its record stays in the journal until Flush has succeeded.
                isTorn = true;
            }
        }
    }

    /// <summary>
    /// Writes those that are not there, and syncs. Throws <see cref="IOException"/> if they cannot be written.
    /// </summary>
    public void Restore(IReadOnlyCollection<EarningLine> lines)
    {
        lock (gate)
        {
            foreach (var ofDay in lines.Where(l => l.Day >= Oldest).GroupBy(l => l.Day))
            {
                var known = Lines(ofDay.Key).Select(l => l?.Id).ToHashSet();
                late.AddRange(ofDay.Where(l => known.Add(l.Id)));
            }

            Flush();
        }
    }

    /// <summary>
    /// Ends when all lines are on the disk. Throws <see cref="IOException"/> if they cannot get there.
    /// </summary>
    public void Flush()
    {
        lock (gate)
        {
            WriteLate();
            file?.Flush(flushToDisk: true);
        }
    }

    /// <summary>The lines of a day as they are now; null for each that is damaged.</summary>
    public IEnumerable<EarningLine?> Lines(DateOnly of)
    {
        if (!File.Exists(PathOf(of)))
            yield break;
        using var read = new FileStream(
            PathOf(of), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var lines = new LineReader(read);
        while (lines.Next() is { } line)
        {
            if (line.Length > 0)
                yield return EarningLine.Decode(line.Span);
        }
    }

    public void Dispose()
    {
        lock (gate)
            Close(sync: false);
    }

    private void WriteLate()
    {
        if (isTorn)
            file?.WriteByte((byte)'\n');
        isTorn = false;
        while (late.Count > 0)
        {
            var line = late[0];
            if (file is null || day != line.Day)
                Open(line.Day);
            file!.Write(line.Encode());
            if (line.Day == summed)
                sum += line.Charged;
            late.RemoveAt(0);
        }
    }

    private void Open(DateOnly of)
    {
        Close(sync: true);
        var path = PathOf(of);
        var isNew = !File.Exists(path);
        if (isNew)
            Forget();
        // Unbuffered: a line that was written is there for every reader, and when this process is killed.
        var opened = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        (file, day) = (opened, of);
        opened.Seek(-Math.Min(1, opened.Length), SeekOrigin.End);
        // What a crash left torn would spoil the line behind it.
        if (opened.Length > 0 && opened.ReadByte() != '\n')
            opened.WriteByte((byte)'\n');
        if (isNew)
            DurableFile.SyncFolder(folder);
    }

    private void Close(bool sync)
    {
        if (file is null)
            return;
        if (sync)
            file.Flush(flushToDisk: true);
        file.Dispose();
        file = null;
    }

    private void Forget()
    {
        foreach (var path in Directory.EnumerateFiles(folder, "*" + Ending))
        {
            if (DateOnly.TryParseExact(
                    Path.GetFileNameWithoutExtension(path), DayFormat, CultureInfo.InvariantCulture,
                    DateTimeStyles.None, out var of)
                && of < Oldest)
                File.Delete(path);
        }
    }

    private string PathOf(DateOnly of) =>
        Path.Combine(folder, of.ToString(DayFormat, CultureInfo.InvariantCulture) + Ending);
}

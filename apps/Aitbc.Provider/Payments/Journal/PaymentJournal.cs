using System.Buffers;
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading.Channels;
using Aitbc.Primitives;
using Aitbc.Provider.Earnings;
using Aitbc.Sdk.Files;

namespace Aitbc.Provider.Payments.Journal;

/// <summary>
/// What this provider must not forget of payments: one append-only file, each line with a checksum, synced before a
/// record counts. Records that come at the same time are synced together. At start the file is written anew with the
/// last record of each channel and transfer, when the book of earnings has what all of them earned.
/// </summary>
internal sealed class PaymentJournal : IAsyncDisposable
{
    /// <summary>Records that wait to be written; more callers wait for room.</summary>
    private const int MostWaiting = 4096;

    /// <summary>Length at which the file is written anew while it runs.</summary>
    private const long LongestFile = 64L * 1024 * 1024;

    private const int ChecksumDigits = 16;
    private readonly string _path;
    private readonly TimeProvider _time;
    private readonly TimeSpan _keep;
    private readonly EarningBook _book;
    private readonly ConcurrentDictionary<Hash256, ChannelRecord> _channels = new();
    private readonly ConcurrentDictionary<(Address, Hash256), TransferRecord> _transfers = new();
    private readonly FreeTotals _free = new();
    private readonly HashSet<string> _uncharged = new(StringComparer.Ordinal);
    private readonly Channel<Waiting> _queue =
        System.Threading.Channels.Channel.CreateBounded<Waiting>(MostWaiting);
    private readonly Task _writing;
    private readonly FileStream _owner;
    private FileStream _file;

    /// <summary>Throws <see cref="IOException"/> if another process has the file or it cannot be written.</summary>
    public PaymentJournal(string folder, TimeSpan keep, EarningBook book, TimeProvider time)
    {
        (_time, _keep, _book) = (time, keep, book);
        Directory.CreateDirectory(folder);
        _path = Path.Combine(folder, "payments.journal");
        // Before anything is read: a second process that wrote the file anew would cut the first one's records off.
        _owner = new FileStream(
            Path.Combine(folder, "payments.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        Load();
        DurableFile.Replace(_path, Snapshot());
        _file = Open();
        _writing = Task.Run(WriteAsync);
    }

    public IEnumerable<ChannelRecord> Channels => _channels.Values;

    /// <summary>Tokens that payers were given for nothing on the last day on which any were.</summary>
    public IReadOnlyDictionary<Address, (DateOnly Day, ulong Total)> Free => _free.All();

    /// <summary>Answers that were begun on channels before this start and were never charged.</summary>
    public IReadOnlySet<string> Uncharged => _uncharged;

    public ChannelRecord? Channel(Hash256 id) => _channels.GetValueOrDefault(id);

    public TransferRecord? Transfer(Address from, Hash256 nonce) => _transfers.GetValueOrDefault((from, nonce));

    /// <summary>Ends when the record is on the disk. Throws <see cref="IOException"/> if it cannot get there.</summary>
    public Task PutAsync(ChannelRecord record)
    {
        var line = Line('C', JsonSerializer.SerializeToUtf8Bytes(record, PaymentRecordJson.Default.ChannelRecord));
        return WriteAsync(line, () =>
        {
            _channels[record.Id] = Bare(record);
            Gave(record);
            Earn(record.Use?.Earned);
        });
    }

    /// <summary>Ends when the record is on the disk. Throws <see cref="IOException"/> if it cannot get there.</summary>
    public Task PutAsync(TransferRecord record)
    {
        var line = Line('T', JsonSerializer.SerializeToUtf8Bytes(record, PaymentRecordJson.Default.TransferRecord));
        return WriteAsync(line, () =>
        {
            _transfers[(record.From, record.Nonce)] = record with { Earned = null };
            Earn(record.Earned);
        });
    }

    public async ValueTask DisposeAsync()
    {
        _queue.Writer.TryComplete();
        await _writing;
        await _file.DisposeAsync();
        await _owner.DisposeAsync();
    }

    private async Task WriteAsync(byte[] line, Action apply)
    {
        var waiting = new Waiting(line, apply, new(TaskCreationOptions.RunContinuationsAsynchronously));
        try
        {
            await _queue.Writer.WriteAsync(waiting);
        }
        catch (ChannelClosedException e)
        {
            throw new IOException("The journal of payments is closed.", e);
        }

        await waiting.Done.Task;
    }

    private async Task WriteAsync()
    {
        var batch = new List<Waiting>();
        var bytes = new ArrayBufferWriter<byte>();
        while (await _queue.Reader.WaitToReadAsync())
        {
            batch.Clear();
            bytes.ResetWrittenCount();
            while (batch.Count < MostWaiting && _queue.Reader.TryRead(out var next))
            {
                batch.Add(next);
                bytes.Write(next.Line);
            }

            try
            {
                _file.Write(bytes.WrittenSpan);
                _file.Flush(flushToDisk: true);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Fail(batch, e);
                return;
            }

            foreach (var written in batch)
            {
                written.Apply();
                written.Done.TrySetResult();
            }

            if (_file.Length > LongestFile)
                Compact();
        }
    }

    // What is half written may be read or not: nothing can count any more until a start has looked.
    private void Fail(List<Waiting> batch, Exception fault)
    {
        _queue.Writer.TryComplete(fault);
        while (_queue.Reader.TryRead(out var next))
            batch.Add(next);
        foreach (var lost in batch)
            lost.Done.TrySetException(new IOException("The journal of payments cannot be written.", fault));
    }

    private void Gave(ChannelRecord record)
    {
        if (record.Use?.Free is { } free)
            _free.Raise(record.Config.Payer, free.Day, free.Total);
    }

    private void Earn(EarningLine? line)
    {
        if (line is not null)
            _book.Add(line);
    }

    private static ChannelRecord Bare(ChannelRecord record) =>
        record.Use?.Earned is null ? record : record with { Use = record.Use with { Earned = null } };

    private void Compact()
    {
        try
        {
            _book.Flush();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What was earned stands here only.
            return;
        }

        _file.Dispose();
        DurableFile.Replace(_path, Snapshot());
        _file = Open();
    }

    private FileStream Open() => new(_path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    private byte[] Snapshot()
    {
        var now = _time.GetUtcNow();
        var bytes = new ArrayBufferWriter<byte>();
        foreach (var channel in _channels.Values)
            bytes.Write(Line(
                'C', JsonSerializer.SerializeToUtf8Bytes(channel, PaymentRecordJson.Default.ChannelRecord)));
        // The record of a channel is replaced by its next one, and what a payer was given on this day stays.
        foreach (var (payer, (day, total)) in _free.All())
            bytes.Write(Line(
                'F', JsonSerializer.SerializeToUtf8Bytes(
                    new FreeRecord(payer, day, total), PaymentRecordJson.Default.FreeRecord)));
        foreach (var (key, transfer) in _transfers)
        {
            // A transfer that is void by time can never be used again, whatever is remembered of it.
            var until = DateTimeOffset.FromUnixTimeSeconds((long)Math.Min(transfer.ValidBefore, 253_402_300_799UL));
            if (until + _keep < now)
                _transfers.TryRemove(key, out _);
            else
                bytes.Write(Line(
                    'T', JsonSerializer.SerializeToUtf8Bytes(transfer, PaymentRecordJson.Default.TransferRecord)));
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>
    /// Reads every line that is whole. One that is not was torn by a crash before it counted, or is damaged: those
    /// behind it count all the same, and the file is kept aside.
    /// </summary>
    private void Load()
    {
        if (!File.Exists(_path))
            return;
        var bytes = File.ReadAllBytes(_path).AsSpan();
        var earned = new List<EarningLine>();
        var isWhole = true;
        while (bytes.IndexOf((byte)'\n') is var end and >= 0)
        {
            isWhole &= TryApply(bytes[..end], earned);
            bytes = bytes[(end + 1)..];
        }

        if (!isWhole)
            File.Copy(_path, _path + ".damaged", overwrite: true);
        _book.Restore(earned);
    }

    private bool TryApply(ReadOnlySpan<byte> line, List<EarningLine> earned)
    {
        if (line.Length < ChecksumDigits + 2
            || !line[..ChecksumDigits].SequenceEqual(Checksum(line[ChecksumDigits..])))
            return false;
        var json = line[(ChecksumDigits + 1)..];
        if (line[ChecksumDigits] == 'C')
        {
            var channel = JsonSerializer.Deserialize(json, PaymentRecordJson.Default.ChannelRecord)!;
            if (channel.Use is { Charge: null } begun)
                _uncharged.Add(begun.Answer);
            else if (channel.Use is { } ended)
                _uncharged.Remove(ended.Answer);
            // A request that was under way at a crash was charged nothing, and its voucher is free again.
            _channels[channel.Id] = channel.Use is { Charge: null } ? channel with { Use = null } : Bare(channel);
            Gave(channel);
            if (channel.Use?.Earned is { } used)
                earned.Add(used);
        }
        else if (line[ChecksumDigits] == 'F')
        {
            var free = JsonSerializer.Deserialize(json, PaymentRecordJson.Default.FreeRecord)!;
            _free.Raise(free.Payer, free.Day, free.Total);
        }
        else
        {
            var transfer = JsonSerializer.Deserialize(json, PaymentRecordJson.Default.TransferRecord)!;
            _transfers[(transfer.From, transfer.Nonce)] = transfer with { Earned = null };
            if (transfer.Earned is { } moved)
                earned.Add(moved);
        }

        return true;
    }

    private static byte[] Line(char kind, byte[] json)
    {
        var line = new byte[ChecksumDigits + 1 + json.Length + 1];
        line[ChecksumDigits] = (byte)kind;
        json.CopyTo(line, ChecksumDigits + 1);
        Checksum(line.AsSpan(ChecksumDigits..^1)).CopyTo(line, 0);
        line[^1] = (byte)'\n';
        return line;
    }

    private static byte[] Checksum(ReadOnlySpan<byte> bytes) =>
        Encoding.ASCII.GetBytes(Convert.ToHexStringLower(SHA256.HashData(bytes))[..ChecksumDigits]);

    private sealed record Waiting(byte[] Line, Action Apply, TaskCompletionSource Done);
}

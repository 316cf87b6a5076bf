using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Aitbc.Provider.Hosting;
using Aitbc.Sdk.Jobs;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Answers;

/// <summary>
/// Answers for who asks again: those under way and the recent ones in memory, all that ended for a time in the data
/// folder, so that a restart does not lose what was paid.
/// </summary>
internal sealed class AnswerStore : BackgroundService
{
    /// <summary>Bytes of ended answers that stay in memory; the oldest go first, to be read from their files.</summary>
    private const long MostBytes = 64L * 1024 * 1024;

    private const string UnsignedEnd = ".unsigned";
    private static readonly TimeSpan SweepInterval = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<string, LiveAnswer> _live = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<LiveAnswer> _ended = new();
    private readonly string _folder;
    private readonly ProviderOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<AnswerStore> _log;
    private long _bytes;

    public AnswerStore(ProviderOptions options, TimeProvider time, ILogger<AnswerStore> log)
    {
        (_options, _time, _log) = (options, time, log);
        _folder = Directory.CreateDirectory(Path.Combine(options.DataDirectory, "answers")).FullName;
    }

    public static string NewId() => RandomNumberGenerator.GetHexString(32, lowercase: true);

    public void Add(LiveAnswer answer) => _live[answer.Id] = answer;

    /// <summary>An answer that is under way or kept; null if there is none of this name.</summary>
    public LiveAnswer? Find(string id) =>
        _live.GetValueOrDefault(id) ?? (IsId(id) ? AnswerFile.Read(PathOf(id)) : null);

    /// <summary>It was refused: nothing was given, and nobody will ask for it.</summary>
    public void Forget(LiveAnswer answer) => _live.TryRemove(answer.Id, out _);

    /// <summary>Puts an answer into its file; before its charge counts.</summary>
    /// <param name="answer">All of its events are there.</param>
    /// <param name="head">Its head.</param>
    /// <param name="last">Events that are still to come, such as the one with the charge.</param>
    public void Keep(LiveAnswer answer, AnswerHead head, IReadOnlyList<ReadOnlyMemory<byte>> last) =>
        AnswerFile.Write(PathOf(answer.Id), answer, head, last);

    /// <summary>The answer has ended and is kept.</summary>
    public void End(LiveAnswer answer)
    {
        answer.End();
        _ended.Enqueue(answer);
        var bytes = Interlocked.Add(ref _bytes, answer.Bytes);
        while (bytes > MostBytes && _ended.TryDequeue(out var oldest))
        {
            _live.TryRemove(oldest.Id, out _);
            bytes = Interlocked.Add(ref _bytes, -oldest.Bytes);
        }
    }

    /// <summary>What the receipt of an answer will say.</summary>
    public void KeepUnsigned(string id, Receipt receipt) =>
        Write(UnsignedPath(id), JsonSerializer.Serialize(receipt, ReceiptJson.Default.Receipt));

    /// <summary>Answers whose receipts are not signed, the oldest first.</summary>
    public IReadOnlyList<string> Unsigned() =>
        [.. new DirectoryInfo(_folder).EnumerateFiles("*" + UnsignedEnd).OrderBy(f => f.LastWriteTimeUtc)
            .Select(f => Path.GetFileNameWithoutExtension(f.Name))];

    /// <summary>Null if it is signed, or is no longer kept.</summary>
    public Receipt? FindUnsigned(string id)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(UnsignedPath(id)), ReceiptJson.Default.Receipt);
        }
        catch (Exception e) when (e is FileNotFoundException or JsonException)
        {
            return null;
        }
    }

    public void ForgetUnsigned(string id) => File.Delete(UnsignedPath(id));

    public void KeepReceipt(string id, ReceiptFile receipt)
    {
        Write(ReceiptPath(id), receipt.ToJson());
        ForgetUnsigned(id);
    }

    /// <summary>The receipt's file; null until it is signed, or when it is no longer kept.</summary>
    public byte[]? Receipt(string id) =>
        IsId(id) && File.Exists(ReceiptPath(id)) ? File.ReadAllBytes(ReceiptPath(id)) : null;

    /// <summary>Forgets what is older than the time for which answers are kept.</summary>
    public void Sweep()
    {
        var before = _time.GetUtcNow() - _options.Payments.KeepAnswers;
        foreach (var file in new DirectoryInfo(_folder).EnumerateFiles())
        {
            if (file.LastWriteTimeUtc < before.UtcDateTime)
                file.Delete();
        }

        while (_ended.TryPeek(out var oldest) && !File.Exists(PathOf(oldest.Id)) && _ended.TryDequeue(out oldest))
        {
            _live.TryRemove(oldest.Id, out _);
            Interlocked.Add(ref _bytes, -oldest.Bytes);
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Sweeping.RunAsync(Sweep, "answers", SweepInterval, _time, _log, stoppingToken);

    // Whole or not there, whatever ends this process.
    private static void Write(string path, string text)
    {
        File.WriteAllText(path + ".draft", text);
        File.Move(path + ".draft", path, overwrite: true);
    }

    private static bool IsId(string id) => id.Length == 32 && id.All(char.IsAsciiHexDigitLower);

    private string PathOf(string id) => Path.Combine(_folder, id + ".answer");

    private string UnsignedPath(string id) => Path.Combine(_folder, id + UnsignedEnd);

    private string ReceiptPath(string id) => Path.Combine(_folder, id + ".receipt");
}

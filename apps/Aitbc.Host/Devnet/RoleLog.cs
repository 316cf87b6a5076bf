namespace Aitbc.Host.Devnet;

/// <summary>
/// The log of one role: what it wrote in this run, up to a bound, after which the rest is dropped and that is said. The
/// file of the run before is kept beside it.
/// </summary>
internal sealed class RoleLog : IDisposable
{
    private const long MaxBytes = 64 * 1024 * 1024;
    private const int TailLines = 6;
    private readonly StreamWriter writer;
    private readonly Queue<string> tail = new();
    private readonly Lock gate = new();
    private long written;

    public RoleLog(string path)
    {
        Path = path;
        if (File.Exists(path))
            File.Move(path, path + ".1", overwrite: true);
        writer = new StreamWriter(path) { AutoFlush = true };
    }

    public string Path { get; }

    public void Add(string line)
    {
        lock (gate)
        {
            tail.Enqueue(line);
            if (tail.Count > TailLines)
                tail.Dequeue();
            if (written > MaxBytes)
                return;
            written += line.Length + 1;
            writer.WriteLine(written > MaxBytes ? "The log is full; what follows is dropped." : line);
        }
    }

    /// <summary>The last lines, for the sentence that says why a role ended.</summary>
    public string Tail()
    {
        lock (gate)
            return string.Join(Environment.NewLine, tail.Select(l => "    " + l));
    }

    public void Dispose()
    {
        lock (gate)
            writer.Dispose();
    }
}

using System.Buffers;
using System.Tests.Processes;
using System.Text;

namespace System.Tests.Secrecy;

/// <summary>Everything that was written during a test, by whoever.</summary>
internal sealed class Paper
{
    private readonly List<(string Where, byte[] Bytes)> written = [];

    public int Count => written.Count;

    public void Add(string where, string text) => written.Add((where, Encoding.UTF8.GetBytes(text)));

    public void Add(string where, ProgramRun run) => Add(where, run.Out + run.Error);

    /// <summary>Every file below a folder, but locks, which are empty, and what is there to hold a secret.</summary>
    public void AddFiles(string folder, Func<string, bool> isSecret)
    {
        foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))
        {
            if (!isSecret(file) && !file.EndsWith("lock", StringComparison.OrdinalIgnoreCase))
                written.Add((Path.GetRelativePath(folder, file), File.ReadAllBytes(file)));
        }
    }

    /// <summary>Where which secret stands. All are looked for at once, since files may be long.</summary>
    public IEnumerable<string> Finds(IReadOnlyList<Secret> secrets)
    {
        var forms = secrets.SelectMany(s => s.Forms()).Select(Encoding.Latin1.GetString).Distinct();
        var all = SearchValues.Create([.. forms], StringComparison.Ordinal);
        foreach (var (where, bytes) in written.Where(p => Encoding.Latin1.GetString(p.Bytes).AsSpan().ContainsAny(all)))
        {
            foreach (var secret in secrets.Where(s => s.IsIn(bytes)))
                yield return $"{secret.Name} in {where}";
        }
    }
}

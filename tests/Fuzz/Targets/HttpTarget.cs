using System.Globalization;
using Aitbc.Fuzz.Running;
using Aitbc.Fuzz.Seeds;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// Raw bytes in place of an HTTP request, each time on a new connection. What is answered is HTTP, and no error of the
/// server but that it does not know a transfer coding or a version.
/// </summary>
internal sealed class HttpTarget : IFuzzTarget
{
    private readonly FuzzNode node = new();

    public string Name => "http";

    public IReadOnlyList<byte[]> Words => WireSeeds.HttpWords;

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => WireSeeds.Http;

    public Allocation Bound { get; } = new(4 << 20, 1_000, ByProcess: true);

    public void Run(byte[] input)
    {
        var answer = RawConnection.SendAsync(node.Url, null, input).GetAwaiter().GetResult();
        node.CheckErrors();
        if (answer.Length == 0)
            return;
        if (!answer.StartsWith("HTTP/1.1 ", StringComparison.Ordinal)
            || !int.TryParse(answer.AsSpan(9, 3), NumberStyles.None, CultureInfo.InvariantCulture, out var status)
            || (status >= 500 && status is not (501 or 505)))
            throw new FuzzFailure($"Answered: {answer}");
    }

    public void Dispose() => node.Dispose();
}

using System.Text;
using Services.Tests.Provider.Selling;

namespace Services.Tests.Gateway;

/// <summary>A stream that was paid by a voucher, and what its client has read of it.</summary>
internal sealed class PaidStream(HttpResponseMessage answer, StreamReader reader) : IDisposable
{
    public const string Path = "/v1/chat/completions";

    public const string Ask =
        """{"model":"tiny","messages":[{"role":"user","content":"hi"}],"max_tokens":100,"stream":true}""";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly StringBuilder text = new();

    public string Text => text.ToString();

    /// <summary>How many of a scripted model's words came.</summary>
    public int Words => Text.Split('\n').Count(l => l.StartsWith("data: {", StringComparison.Ordinal)
        && l.Contains("\"content\":\"w", StringComparison.Ordinal));

    /// <summary>Buys an answer through the gateway, at most 1,000,000 atto-AIT.</summary>
    public static async Task<PaidStream> OpenAsync(Buyer buyer) => await ReadAsync(
        await buyer.PostAsync(Path, Ask, buyer.Voucher(await buyer.AskAsync(Path, Ask), 1_000_000)));

    public static async Task<PaidStream> ReadAsync(HttpResponseMessage answer) =>
        new(answer, new StreamReader(await answer.Content.ReadAsStreamAsync(SellingWorld.Cancel)));

    /// <summary>Reads up to a line with this in it; null = to the end.</summary>
    public async Task UntilAsync(string? until)
    {
        while (await reader.ReadLineAsync(SellingWorld.Cancel).AsTask().WaitAsync(Patience) is { } line)
        {
            text.Append(line).Append('\n');
            if (until is not null && line.Contains(until, StringComparison.Ordinal))
                return;
        }
    }

    /// <summary>What came over another connection.</summary>
    public void Append(string more) => text.Append(more);

    public void Dispose()
    {
        reader.Dispose();
        answer.Dispose();
    }
}

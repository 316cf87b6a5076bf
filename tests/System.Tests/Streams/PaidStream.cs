using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;

namespace System.Tests.Streams;

/// <summary>
/// One streamed answer that is paid through the wallet daemon, by a client that knows its request and its key, and
/// comes back when the connection breaks.
/// </summary>
internal sealed class PaidStream(Uri shop, PayClient wallet, string budget) : IDisposable
{
    private static readonly string Body = new JsonObject
    {
        ["model"] = HeldModels.Model,
        ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" }),
        ["max_tokens"] = 100,
        ["stream"] = true,
    }.ToJsonString();

    private readonly string key = Guid.NewGuid().ToString("N");
    private readonly StringBuilder text = new();
    private HttpResponseMessage? response;
    private StreamReader? reader;
    private HttpClient? http;
    private string lastEvent = "";

    public string Text => text.ToString();

    /// <summary>Id of the answer that was read last.</summary>
    public string Answer { get; private set; } = "";

    public string? Provider { get; private set; }

    /// <summary>Asks, and pays if that is new: the same key never pays twice.</summary>
    public async Task AskAsync()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(shop, "v1/chat/completions"))
        {
            Content = new StringContent(Body, Encoding.UTF8, "application/json"),
        };
        // The channel alone is offered for that: what a transfer moves is never given back.
        request.Headers.Add("X-Aitbc-Pay", "vouchers");
        request.Options.Set(X402Request.IdempotencyKey, key);
        text.Clear();
        await OpenAsync(request);
    }

    /// <summary>Takes the answer up behind what was read of it.</summary>
    public Task ResumeAsync()
    {
        var request = new HttpRequestMessage(HttpMethod.Get, new Uri(shop, "v1/streams/" + Answer));
        request.Headers.TryAddWithoutValidation("Last-Event-ID", lastEvent);
        if (Provider is not null)
            request.Headers.Add("X-Aitbc-Provider", Provider);
        return OpenAsync(request);
    }

    /// <summary>Reads so many words, or to the end. False if the connection broke.</summary>
    public async Task<bool> ReadAsync(int words)
    {
        try
        {
            while (await reader!.ReadLineAsync() is { } line)
            {
                if (line.StartsWith("id: ", StringComparison.Ordinal))
                    lastEvent = line[4..];
                if (line == "data: [DONE]")
                    return true;
                if (!line.StartsWith("data: {", StringComparison.Ordinal))
                    continue;
                var word = (string?)JsonNode.Parse(line[6..])!["choices"]?[0]?["delta"]?["content"];
                text.Append(word);
                if (word is { Length: > 0 } && --words == 0)
                    return true;
            }

            return false;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>The receipt of the answer, as soon as it is there.</summary>
    public async Task<ReceiptFile> ReceiptAsync(Uri from)
    {
        while (true)
        {
            try
            {
                using var client = new HttpClient();
                using var answer = await client.GetAsync(new Uri(from, "v1/receipts/" + Answer));
                if (answer.IsSuccessStatusCode)
                    return ReceiptFile.TryParse(await answer.Content.ReadAsByteArrayAsync())!;
            }
            catch (HttpRequestException)
            {
                // It is not back yet.
            }

            await Task.Delay(50);
        }
    }

    public void Dispose()
    {
        reader?.Dispose();
        response?.Dispose();
        http?.Dispose();
    }

    // As whoever wants the answer would: again and again until somebody answers.
    private async Task OpenAsync(HttpRequestMessage request)
    {
        Dispose();
        http = new HttpClient(new X402Handler(wallet, new X402HandlerOptions
        {
            MaxAmount = Amount.Parse("1").Atto,
            Budget = budget,
        })
        {
            InnerHandler = new SocketsHttpHandler(),
        });
        response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw new InvalidOperationException(
                $"{response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
        }

        Answer = response.Headers.GetValues("X-Aitbc-Answer").Single();
        Provider = response.Headers.TryGetValues("X-Aitbc-Provider", out var named) ? named.Single() : Provider;
        reader = new StreamReader(await response.Content.ReadAsStreamAsync());
    }
}

using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Aitbc.Spender;

/// <summary>
/// Asks the wallet until it answers, under one key: whatever happens to the daemon, the agent knows of every signature
/// that was made for it.
/// </summary>
internal sealed class WalletDoor(Plan plan, Tally tally) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);
    private readonly HttpClient http = new() { BaseAddress = plan.Wallet };

    /// <summary>The answer, or null if the budget refuses for good.</summary>
    public async Task<JsonNode?> AskAsync(string path, JsonObject body, string key)
    {
        var text = body.ToJsonString();
        for (var attempt = 0; ;)
        {
            var answer = await PostAsync(path, text, $"{key}-{attempt}");
            switch (CodeOf(answer))
            {
                case "":
                    return answer;
                case "budget_exceeded":
                    tally.Refused++;
                    return null;
                case "in_progress" or "unreachable" or "outcome_unknown" or "chain_unavailable":
                    await Task.Delay(Pause);
                    break;
                case "conflict":
                    tally.Lost++;
                    attempt++;
                    break;
                case "node":
                    tally.Void++;
                    attempt++;
                    break;
                default:
                    throw new InvalidOperationException($"Refused otherwise: {answer!.ToJsonString()}");
            }
        }
    }

    public void Dispose() => http.Dispose();

    // Problems of the wallet, errors of JSON-RPC with the wallet's code, and errors of the node, which have none.
    private static string CodeOf(JsonNode? answer)
    {
        if (answer is null)
            return "unreachable";
        if (answer["error"] is { } error)
            return (string?)(error["data"] as JsonObject)?["code"] ?? "node";
        return (string?)answer["code"] ?? "";
    }

    private async Task<JsonNode?> PostAsync(string path, string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", plan.Token);
        request.Headers.Add("Idempotency-Key", key);
        try
        {
            using var response = await http.SendAsync(request);
            return JsonNode.Parse(await response.Content.ReadAsStringAsync());
        }
        // The runtime lets out a bare SocketException when the peer is killed in the moment of the connection.
        catch (Exception e) when (e is HttpRequestException or IOException or SocketException)
        {
            tally.Unreachable++;
            return null;
        }
    }
}

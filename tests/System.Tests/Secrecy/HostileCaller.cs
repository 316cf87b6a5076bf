using System.Net.Http.Headers;
using System.Text;

namespace System.Tests.Secrecy;

/// <summary>
/// Asks daemons wrongly, with secrets wherever they do not belong, and keeps every answer with its headers.
/// </summary>
internal sealed class HostileCaller(Paper paper) : IDisposable
{
    private static readonly string[] Doors =
        ["/v1/jobs", "/v1/accounts/import", "/v1/unlock", "/rpc", "/"];

    private readonly HttpClient http = new();

    public async Task AskAsync(
        string role, Uri daemon, string path, string? token = null, string? body = null,
        string type = "application/json")
    {
        using var request = new HttpRequestMessage(
            body is null ? HttpMethod.Get : HttpMethod.Post, new Uri(daemon, path));
        if (token is not null)
            request.Headers.TryAddWithoutValidation("Authorization", token);
        if (body is not null)
        {
            request.Content = new StringContent(body, Encoding.UTF8);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        }

        using var response = await http.SendAsync(request);
        paper.Add(
            $"an answer of {role} to {request.Method} {path[..Math.Min(path.Length, 10)]} {type}",
            $"{(int)response.StatusCode} {response.Headers} {await response.Content.ReadAsStringAsync()}");
    }

    /// <summary>A secret as a token, in a query, as a path, as a member, as no JSON and as a method's name.</summary>
    public async Task TryEverywhereAsync(string role, Uri daemon, string text)
    {
        await AskAsync(role, daemon, "/v1/accounts", "Bearer " + text);
        var basic = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(text));
        await AskAsync(role, daemon, "/v1/jobs", basic);
        await AskAsync(role, daemon, "/v1/jobs?token=" + Uri.EscapeDataString(text));
        await AskAsync(role, daemon, "/nothing/" + Uri.EscapeDataString(text));
        foreach (var path in Doors)
        {
            await AskAsync(role, daemon, path, "Bearer " + text, $"{{\"{text}\":\"{text}\"}}");
            await AskAsync(role, daemon, path, null, text, "text/plain");
            await AskAsync(role, daemon, path, null, $"{{\"id\":1,\"method\":\"{text}\",\"params\":[\"{text}\"]}}");
        }
    }

    public void Dispose() => http.Dispose();
}

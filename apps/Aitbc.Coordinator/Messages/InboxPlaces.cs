using System.Net.Http.Headers;
using System.Text.Json;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Outbound;
using Aitbc.Primitives;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Messages;

namespace Aitbc.Coordinator.Messages;

/// <summary>
/// Passes a message on to the coordinator at which its receiver reads, and answers what that one answers: it is on its
/// disk, or nowhere.
/// </summary>
internal sealed class InboxPlaces(CoordinatorOptions options, TimeProvider time) : IDisposable
{
    /// <summary>Stands on a message that was passed on: it is not passed on again.</summary>
    public const string PassedHeader = "X-Aitbc-Passed";

    private const int MostBytes = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private readonly HttpMessageInvoker http = StrangerHttp.Sender(options.GatewayPrivateAddresses);

    /// <summary>Where an agent reads; null if that is here, or if it names no address of the web.</summary>
    /// <param name="receiver">The agent.</param>
    /// <param name="host">Host and port as the caller named this coordinator.</param>
    public Uri? Elsewhere(AgentStanding receiver, string host) =>
        Uri.TryCreate(receiver.Inbox, UriKind.Absolute, out var place) && place.Scheme is "http" or "https"
        && !Same(place, options.PublicUrl?.Authority ?? host)
            ? new Uri(place.GetLeftPart(UriPartial.Authority)) : null;

    /// <summary>Its receipt there, and whether it is new there. Throws what it refuses.</summary>
    public async Task<(MessageReceipt Receipt, bool IsNew)> PassAsync(
        Uri place, AgentMessage message, Hash256 digest, CancellationToken cancel)
    {
        using var late = new CancellationTokenSource(Patience, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, late.Token);
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(place, "v1/messages"))
            {
                Content = new ByteArrayContent(
                    JsonSerializer.SerializeToUtf8Bytes(message, MarketJson.Default.AgentMessage)),
            };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.Add(PassedHeader, "1");
            using var answer = await http.SendAsync(request, both.Token);
            var body = await BoundedBody.ReadAsync(
                await answer.Content.ReadAsStreamAsync(both.Token), MostBytes, both.Token);
            if (!answer.IsSuccessStatusCode)
                throw Refused(place, (int)answer.StatusCode, body.Span);
            var receipt = JsonSerializer.Deserialize(body.Span, MarketJson.Default.MessageReceipt);
            return receipt?.Digest == digest
                ? (receipt, answer.StatusCode == System.Net.HttpStatusCode.Created)
                : throw Unreachable(place, "answers with another message's receipt");
        }
        catch (Exception e) when (e is HttpRequestException or IOException or InvalidDataException or JsonException
            || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            throw Unreachable(place, "does not answer as a coordinator does");
        }
    }

    public void Dispose() => http.Dispose();

    private static bool Same(Uri place, string host) =>
        string.Equals(place.Authority, host, StringComparison.OrdinalIgnoreCase);

    // A stranger's words are not repeated: of its refusal only a code that has the form of one.
    private static AitbcException Refused(Uri place, int status, ReadOnlySpan<byte> body)
    {
        string? code = null;
        try
        {
            code = JsonSerializer.Deserialize(body, MarketJson.Default.AitbcProblem)?.Code;
        }
        catch (JsonException)
        {
            // It does not speak as a coordinator does.
        }

        return status is >= 400 and < 500 && code is { Length: > 0 and <= 64 }
            && code.All(c => char.IsAsciiLetterLower(c) || c == '_')
            ? Refusal.Of(status, code, $"{place.Authority}, where the agent reads, refuses the message.",
                retryable: status == 429)
            : Unreachable(place, $"answers with status {status}");
    }

    private static AitbcException Unreachable(Uri place, string how) => Refusal.Of(
        503, ProblemCodes.InboxUnreachable, $"{place.Authority}, where the agent reads, {how}. Nothing was taken.",
        "Post the same message again later.", retryable: true);
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Sdk.X402;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>A client of A2A by hand, of either version: a test can make each message wrong in one way.</summary>
internal sealed class TaskAgent(HttpClient http, bool isLegacy = false)
{
    private int _id;

    /// <summary>The params of a message that says "hi" and wants 8 tokens at most.</summary>
    public JsonObject Hi(Action<JsonObject>? change = null)
    {
        var part = new JsonObject { ["text"] = "hi" };
        if (isLegacy)
            part["kind"] = "text";
        var parameters = new JsonObject
        {
            ["message"] = new JsonObject
            {
                ["messageId"] = "m1",
                ["role"] = isLegacy ? "user" : "ROLE_USER",
                ["parts"] = new JsonArray(part),
                ["metadata"] = new JsonObject { ["model"] = "tiny", ["max_tokens"] = 8 },
            },
        };
        change?.Invoke(parameters);
        return parameters;
    }

    public string Method(string modern, string legacy) => isLegacy ? legacy : modern;

    /// <summary>The result of a request that must succeed.</summary>
    public async Task<JsonObject> AskAsync(string method, JsonObject parameters, string? payment = null)
    {
        using var answer = await SendAsync(method, parameters, payment);
        var said = await JsonAsync(answer);
        Assert.Equal(_id, (int)said["id"]!);
        return said["result"]?.AsObject() ?? throw new InvalidOperationException(said.ToJsonString());
    }

    /// <summary>The task of a message that is waited for.</summary>
    public async Task<JsonObject> SayAsync(JsonObject parameters, string payment)
    {
        var result = await AskAsync(Method("SendMessage", "message/send"), parameters, payment);
        return isLegacy ? result : result["task"]!.AsObject();
    }

    /// <summary>What the provider asks for a message.</summary>
    public async Task<JsonObject> OfferAsync(JsonObject parameters, string? method = null)
    {
        using var answer = await SendAsync(method ?? Method("SendMessage", "message/send"), parameters);
        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        Assert.Equal(-32050, (int)(await JsonAsync(answer))["error"]!["code"]!);
        return Buyer.Decode(answer, X402Headers.Required)!;
    }

    public Task<JsonObject> TaskAsync(string id) =>
        AskAsync(Method("GetTask", "tasks/get"), new JsonObject { ["id"] = id });

    public Task<HttpResponseMessage> SendAsync(
        string method, JsonObject parameters, string? payment = null, bool vouchers = false)
    {
        var body = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = ++_id,
            ["method"] = method,
            ["params"] = parameters.DeepClone(),
        };
        List<(string, string)> headers = isLegacy ? [] : [("A2A-Version", "1.0")];
        if (payment is not null)
            headers.Add((X402Headers.Signature, payment));
        if (vouchers)
            headers.Add(("X-Aitbc-Pay", "vouchers"));
        return PostAsync(Encoding.UTF8.GetBytes(body.ToJsonString()), [.. headers]);
    }

    public async Task<HttpResponseMessage> PostAsync(byte[] body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/a2a") { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        foreach (var (name, value) in headers)
            request.Headers.TryAddWithoutValidation(name, value);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, SellingWorld.Cancel);
    }

    /// <summary>Posts and expects an error; gives it.</summary>
    public async Task<JsonObject> RefusedAsync(
        HttpStatusCode status, int code, string body, params (string Name, string Value)[] headers)
    {
        using var answer = await PostAsync(Encoding.UTF8.GetBytes(body), headers);
        return await RefusedAsync(status, code, answer, body);
    }

    /// <summary>Asks and expects an error; gives it.</summary>
    public async Task<JsonObject> RefusedAsync(int code, string method, JsonObject parameters)
    {
        using var answer = await SendAsync(method, parameters);
        return await RefusedAsync(HttpStatusCode.OK, code, answer, parameters.ToJsonString());
    }

    public static async Task<JsonObject> JsonAsync(HttpResponseMessage answer) =>
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!.AsObject();

    /// <summary>The results of a stream, from the events that are there until its end.</summary>
    public static async Task<List<JsonObject>> EventsAsync(HttpResponseMessage answer)
    {
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(SellingWorld.Cancel));
        var events = new List<JsonObject>();
        while (await EventAsync(reader) is { } result)
            events.Add(result);
        return events;
    }

    /// <summary>The next result of a stream; null at its end.</summary>
    public static async Task<JsonObject?> EventAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync(SellingWorld.Cancel) is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return JsonNode.Parse(line[6..])!["result"]!.AsObject();
        }

        return null;
    }

    private static async Task<JsonObject> RefusedAsync(
        HttpStatusCode status, int code, HttpResponseMessage answer, string what)
    {
        var said = await JsonAsync(answer);
        Assert.True(
            status == answer.StatusCode && code == (int?)said["error"]?["code"],
            $"{(int)answer.StatusCode} {said.ToJsonString()} for {what}");
        Assert.False(said.TryGetPropertyValue("id", out var id) && id is null, "An id is never null.");
        return said["error"]!.AsObject();
    }
}

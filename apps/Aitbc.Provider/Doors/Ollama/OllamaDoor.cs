using System.Globalization;
using System.Text.Json.Nodes;
using Aitbc.Provider.Doors.OpenAi;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Selling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors.Ollama;

/// <summary>The door for clients of Ollama's API (specs/provider/doors.md).</summary>
internal static class OllamaDoor
{
    // Of the protocol that is spoken, whatever server is behind.
    private const string Version = "0.12.0";

    private static readonly string[] RootMethods = [HttpMethods.Get, HttpMethods.Head];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").AddEndpointFilter<OllamaErrors>();
        group.MapMethods("/", RootMethods, () => Results.Text("Ollama is running"));
        group.MapGet("/api/version", () =>
            Results.Content(new JsonObject { ["version"] = Version }.ToJsonString(), "application/json"));
        group.MapGet("/api/tags", TagsAsync);
        group.MapPost("/api/show", ShowAsync);
        group.MapPost("/api/chat", ChatAsync);
        group.MapPost("/api/generate", GenerateAsync);
        group.MapPost("/api/embed", EmbedAsync);
    }

    private static async Task<IResult> TagsAsync(ModelShelf shelf, CancellationToken cancel)
    {
        var models = await shelf.AllAsync(cancel);
        var tags = new JsonObject { ["models"] = new JsonArray([.. models.Select(m => (JsonNode)Tag(m))]) };
        return Results.Content(tags.ToJsonString(), "application/json");
    }

    private static async Task<IResult> ShowAsync(HttpContext http, ModelShelf shelf)
    {
        var (_, model) = await ReadAsync(http, shelf);
        var shown = new JsonObject
        {
            ["details"] = new JsonObject(),
            ["model_info"] = new JsonObject(),
            ["capabilities"] = Texts(model.State.Capabilities),
            ["aitbc"] = Prices(model),
        };
        return Results.Content(shown.ToJsonString(), "application/json");
    }

    private static async Task<IResult> ChatAsync(HttpContext http, ModelShelf shelf, SalesDesk desk, TimeProvider time)
    {
        var (body, model) = await ReadAsync(http, shelf);
        var (name, isStream, call) = PaidBody.Parse(() => (
            OllamaRequests.Model(body.Json),
            OllamaRequests.IsStream(body.Json),
            OllamaRequests.Chat(body.Json, model.Name, model.Source.Limits)));
        return call is null
            ? Loaded(name, isChat: true, time)
            : await SellAsync(
                http, desk, model, body, call, new OllamaFormat(name, true, isStream, time),
                stop => model.Source.Server.ChatAsync(call, Queueing.MayBeRefused, stop));
    }

    private static async Task<IResult> GenerateAsync(
        HttpContext http, ModelShelf shelf, SalesDesk desk, TimeProvider time)
    {
        var (body, model) = await ReadAsync(http, shelf);
        var (name, isStream, call) = PaidBody.Parse(() => (
            OllamaRequests.Model(body.Json),
            OllamaRequests.IsStream(body.Json),
            OllamaRequests.Generate(body.Json, model.Name, model.Source.Limits)));
        return call is null
            ? Loaded(name, isChat: false, time)
            : await SellAsync(
                http, desk, model, body, call, new OllamaFormat(name, false, isStream, time),
                stop => model.Source.Server.GenerateAsync(call, Queueing.MayBeRefused, stop));
    }

    private static async Task<IResult> EmbedAsync(HttpContext http, ModelShelf shelf, SalesDesk desk)
    {
        var (body, model) = await ReadAsync(http, shelf);
        var call = PaidBody.Parse(() => OllamaRequests.Embed(body.Json, model.Name));
        var name = OllamaRequests.Model(body.Json);
        var order = OpenAiDoor.Embedding(model, call, body, new OllamaVectors(name));
        var (answer, head) = await desk.SellAsync(http, order);
        await AnswerWriter.WriteAsync(http, answer, head);
        return Results.Empty;
    }

    private static async Task<IResult> SellAsync(
        HttpContext http, SalesDesk desk, ShelfModel model, PaidBody body, ModelCall call, IAnswerFormat format,
        Func<CancellationToken, IAsyncEnumerable<EnginePiece>> start)
    {
        if (call.Problem(model.Source.Limits) is { } problem)
            throw SaleRefusedException.Invalid(problem);
        var (answer, head) = await desk.SellAsync(http, new SaleOrder
        {
            Ware = model,
            RequestHash = body.RequestHash,
            InputHash = body.BodyHash,
            Url = body.Url,
            Format = format,
            Meter = new TokenMeter(model.Price, call.WorstPromptTokens, call.PromptBytes, (ulong)call.MaxOutputTokens),
            Start = start,
        });
        await AnswerWriter.WriteAsync(http, answer, head);
        return Results.Empty;
    }

    private static async Task<(PaidBody Body, ShelfModel Model)> ReadAsync(HttpContext http, ModelShelf shelf)
    {
        var body = await PaidBody.ReadAsync(http);
        var name = PaidBody.Parse(() => OllamaRequests.Model(body.Json));
        return (body, await OpenAiDoor.FindAsync(shelf, name, http.RequestAborted));
    }

    // Models are loaded when they are paid for.
    private static IResult Loaded(string model, bool isChat, TimeProvider time)
    {
        var answer = new JsonObject
        {
            ["model"] = model,
            ["created_at"] = time.GetUtcNow().ToString("O", CultureInfo.InvariantCulture),
        };
        if (isChat)
            answer["message"] = new JsonObject { ["role"] = "assistant", ["content"] = "" };
        else
            answer["response"] = "";
        answer["done"] = true;
        answer["done_reason"] = "load";
        return Results.Content(answer.ToJsonString() + "\n", "application/json");
    }

    // What a server does not say of a model is left out.
    private static JsonObject Tag(ShelfModel model) => new()
    {
        ["name"] = model.Name,
        ["model"] = model.Name,
        ["digest"] = model.State.Digest ?? "",
        ["details"] = new JsonObject(),
        ["capabilities"] = Texts(model.State.Capabilities),
        ["aitbc"] = Prices(model),
    };

    private static JsonObject Prices(ShelfModel model) => new()
    {
        ["prompt_price"] = model.Price.Prompt.ToString(CultureInfo.InvariantCulture),
        ["output_price"] = model.Price.Output.ToString(CultureInfo.InvariantCulture),
    };

    private static JsonArray Texts(IReadOnlyList<string> texts) => [.. texts.Select(t => JsonValue.Create(t))];
}

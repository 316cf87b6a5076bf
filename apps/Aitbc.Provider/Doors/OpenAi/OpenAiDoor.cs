using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Selling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors.OpenAi;

/// <summary>The door for clients of OpenAI's API (specs/provider/doors.md).</summary>
internal static class OpenAiDoor
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1").AddEndpointFilter<OpenAiErrors>();
        group.MapGet("/models", ModelsAsync);
        group.MapGet("/models/{**id}", ModelAsync);
        group.MapPost("/chat/completions", ChatAsync);
        group.MapPost("/responses", RespondAsync);
        group.MapPost("/embeddings", EmbedAsync);
    }

    private static async Task<IResult> ModelsAsync(ModelShelf shelf, CancellationToken cancel)
    {
        var models = await shelf.AllAsync(cancel);
        var list = new JsonObject
        {
            ["object"] = "list",
            ["data"] = new JsonArray([.. models.Select(m => (JsonNode)Describe(m))]),
        };
        return Results.Content(list.ToJsonString(), "application/json");
    }

    private static async Task<IResult> ModelAsync(string id, ModelShelf shelf, CancellationToken cancel) =>
        Results.Content(Describe(await FindAsync(shelf, id, cancel)).ToJsonString(), "application/json");

    private static async Task<IResult> ChatAsync(HttpContext http, ModelShelf shelf, SalesDesk desk, TimeProvider time)
    {
        var body = await PaidBody.ReadAsync(http);
        var name = ModelName(body);
        var model = await FindAsync(shelf, name, http.RequestAborted);
        var (call, isStream, includeUsage) = PaidBody.Parse(() => (
            // One model has one queue, whatever it is called.
            OpenAiRequests.Chat(body.Json, model.Source.Limits) with { Model = model.Name },
            body.Json.Bool("stream") ?? false,
            body.Json.Member("stream_options")?.Bool("include_usage") ?? false));
        var format = new ChatFormat(name, time.GetUtcNow().ToUnixTimeSeconds(), isStream, includeUsage);
        return await SellAsync(http, desk, Completion(model, call, body, format));
    }

    private static async Task<IResult> RespondAsync(
        HttpContext http, ModelShelf shelf, SalesDesk desk, TimeProvider time)
    {
        var body = await PaidBody.ReadAsync(http);
        var name = ModelName(body);
        var model = await FindAsync(shelf, name, http.RequestAborted);
        var (call, isStream) = PaidBody.Parse(() => (
            ResponsesRequests.Read(body.Json, model.Source.Limits) with { Model = model.Name },
            body.Json.Bool("stream") ?? false));
        var format = new ResponsesFormat(name, time.GetUtcNow().ToUnixTimeSeconds(), isStream);
        return await SellAsync(http, desk, Completion(model, call, body, format));
    }

    private static async Task<IResult> EmbedAsync(HttpContext http, ModelShelf shelf, SalesDesk desk)
    {
        var body = await PaidBody.ReadAsync(http);
        var (call, format) = PaidBody.Parse(() => (OpenAiRequests.Embed(body.Json), body.Json.Text("encoding_format")));
        if (format is not (null or "float" or "base64"))
            throw SaleRefusedException.Invalid("encoding_format is float or base64.");
        var model = await FindAsync(shelf, call.Model, http.RequestAborted);
        return await SellAsync(
            http, desk, Embedding(model, call, body, new EmbeddingFormat(call.Model, format == "base64")));
    }

    private static async Task<IResult> SellAsync(HttpContext http, SalesDesk desk, SaleOrder order)
    {
        var (answer, head) = await desk.SellAsync(http, order);
        await AnswerWriter.WriteAsync(http, answer, head);
        return Results.Empty;
    }

    private static string ModelName(PaidBody body) => PaidBody.Parse(() => body.Json.Text("model"))
        ?? throw SaleRefusedException.Invalid("The model is missing.");

    /// <summary>A completion of a conversation as it is sold.</summary>
    public static SaleOrder Completion(ShelfModel model, ChatCall call, PaidBody body, IAnswerFormat format)
    {
        if (call.Problem(model.Source.Limits) is { } problem)
            throw SaleRefusedException.Invalid(problem);
        return new SaleOrder
        {
            Ware = model,
            RequestHash = body.RequestHash,
            InputHash = body.BodyHash,
            Url = body.Url,
            Format = format,
            Meter = new TokenMeter(model.Price, call.WorstPromptTokens, call.PromptBytes, (ulong)call.MaxOutputTokens),
            Start = stop => model.Source.Server.ChatAsync(call, Queueing.MayBeRefused, stop),
        };
    }

    /// <summary>Vectors are sold like an answer without output tokens.</summary>
    public static SaleOrder Embedding(ShelfModel model, EmbedCall asked, PaidBody body, IAnswerFormat format)
    {
        var call = asked with { Model = model.Name };
        if (call.Problem(model.Source.Limits) is { } problem)
            throw SaleRefusedException.Invalid(problem);
        return new SaleOrder
        {
            Ware = model,
            RequestHash = body.RequestHash,
            InputHash = body.BodyHash,
            Url = body.Url,
            Format = format,
            Meter = new TokenMeter(model.Price, call.WorstTokens, (long)call.WorstTokens, 0),
            Start = stop => VectorsAsync(model.Source.Server, call, stop),
        };
    }

    public static async Task<ShelfModel> FindAsync(ModelShelf shelf, string name, CancellationToken cancel) =>
        await shelf.FindAsync(name, cancel) ?? throw new SaleRefusedException(
            StatusCodes.Status404NotFound, SaleRefusedException.ModelNotFound, $"The model '{name}' is not sold here.");

    private static async IAsyncEnumerable<EnginePiece> VectorsAsync(
        IModelServer server, EmbedCall call, [EnumeratorCancellation] CancellationToken cancel)
    {
        var vectors = await server.EmbedAsync(call, Queueing.MayBeRefused, cancel);
        if (vectors.Outcome.Succeeded)
        {
            yield return new VectorsPiece(vectors.Vectors);
            yield return new UsagePiece(vectors.Outcome.Units, 0);
        }

        yield return new EndPiece(vectors.Outcome);
    }

    private static JsonObject Describe(ShelfModel model) => new()
    {
        ["id"] = model.Name,
        ["object"] = "model",
        ["created"] = 0,
        ["owned_by"] = model.Source.Engine,
        ["aitbc"] = new JsonObject
        {
            ["prompt_price"] = model.Price.Prompt.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["output_price"] = model.Price.Output.ToString(System.Globalization.CultureInfo.InvariantCulture),
            ["digest"] = model.State.Digest,
            ["warm"] = model.State.Warm,
        },
    };
}

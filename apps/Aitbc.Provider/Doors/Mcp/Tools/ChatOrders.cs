using System.Text.Json;
using Aitbc.Provider.Doors.OpenAi;
using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>Reads the arguments of a chat as the OpenAI door reads its body.</summary>
internal sealed class ChatOrders(ModelShelf shelf, TimeProvider time)
{
    // A fragment is never a part of a path, so no request of another door has the hash of one of this door.
    private const string Place = "/mcp#chat";
    private const string Url = "mcp://tool/chat";

    /// <summary>Throws <see cref="SaleRefusedException"/>.</summary>
    public async Task<(SaleOrder Order, ChatCall Call, ShelfModel Model)> ReadAsync(
        JsonElement arguments, CancellationToken cancel)
    {
        var name = PaidBody.Parse(() => arguments.Text("model"))
            ?? throw SaleRefusedException.Invalid("The model is missing.");
        var model = await OpenAiDoor.FindAsync(shelf, name, cancel);
        var call = PaidBody.Parse(
            () => OpenAiRequests.Chat(arguments, model.Source.Limits) with { Model = model.Name });
        // The id of the message and the payment are not the same when a call is sent again; the arguments are.
        var body = PaidBody.Of(arguments, Place, Url);
        var format = new ChatFormat(name, time.GetUtcNow().ToUnixTimeSeconds(), isStream: false, includeUsage: false);
        return (OpenAiDoor.Completion(model, call, body, format), call, model);
    }
}

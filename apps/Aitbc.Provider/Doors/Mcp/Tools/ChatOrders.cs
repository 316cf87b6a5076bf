using System.Buffers;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Doors.OpenAi;
using Aitbc.Provider.Engines.Models;
using Aitbc.Provider.Payments;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>Reads the arguments of a chat as the OpenAI door reads its body.</summary>
internal sealed class ChatOrders(ModelShelf shelf, TimeProvider time)
{
    // A fragment is never a part of a path, so no request of another door has the hash of one of this door.
    private const string Place = "/mcp#chat";
    private const string Url = "mcp://tool/chat";

    /// <summary>Throws <see cref="SaleRefusedException"/>.</summary>
    public async Task<(SaleOrder Order, ChatCall Call)> ReadAsync(JsonElement arguments, CancellationToken cancel)
    {
        var name = PaidBody.Parse(() => arguments.Text("model"))
            ?? throw SaleRefusedException.Invalid("The model is missing.");
        var model = await OpenAiDoor.FindAsync(shelf, name, cancel);
        var call = PaidBody.Parse(
            () => OpenAiRequests.Chat(arguments, model.Source.Limits) with { Model = model.Name });
        var bytes = PaidBody.Parse(() => Plain(arguments));
        var body = new PaidBody(
            arguments, PaidRequest.HashOf("POST", Place, bytes.Span), Keccak256.Hash(bytes.Span), Url);
        var format = new ChatFormat(name, time.GetUtcNow().ToUnixTimeSeconds(), isStream: false, includeUsage: false);
        return (OpenAiDoor.Completion(model, call, body, format), call);
    }

    // The id of the message and the payment are not the same when a call is sent again; the arguments are.
    private static ReadOnlyMemory<byte> Plain(JsonElement arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
            arguments.WriteTo(json);
        return buffer.WrittenMemory;
    }
}

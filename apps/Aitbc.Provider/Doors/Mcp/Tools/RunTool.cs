using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Provider.Doors.Programs;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>The paid tool for programs: one run of a script or a module.</summary>
internal sealed class RunTool(ProgramOrders orders, SalesDesk desk) : IMcpTool
{
    // A fragment is never a part of a path, so no request of another door has the hash of one of this tool.
    private const string Place = "/mcp#run";
    private const string Url = "mcp://tool/run";

    public string Name => "run";

    public JsonObject Describe() => ToolSchemas.Describe(
        Name,
        "Runs a script of JavaScript or a WebAssembly module (WASI preview 1) without network, files or clock, and "
            + "gives its output. Paid by x402 like chat, by the units it uses; one that fails by itself has used them "
            + "too. The same payment again gives the same answer.",
        ToolSchemas.Run,
        isFree: false);

    public async Task<JsonObject> CallAsync(ToolCallRequest call, CancellationToken cancel)
    {
        var order = Read(orders, call.Arguments).Order;
        var (answer, head) = await desk.SellAsync(order, call.Header, raises: false, cancel);
        return ChatTool.Given(answer, head, Result);
    }

    /// <summary>Throws <see cref="SaleRefusedException"/>.</summary>
    public static ProgramOrder Read(ProgramOrders orders, JsonElement arguments) =>
        orders.Read(PaidBody.Of(arguments, Place, Url));

    private static JsonObject Result(JsonObject run)
    {
        var isDone = (string?)run["end"] == EngineEnds.Completed;
        var result = ToolResults.Of(run, (string?)run[isDone ? "output" : "detail"] ?? run.ToJsonString());
        // It was paid and is no offer; a model that called this reads why its program failed.
        if (!isDone)
            result["isError"] = true;
        return result;
    }
}

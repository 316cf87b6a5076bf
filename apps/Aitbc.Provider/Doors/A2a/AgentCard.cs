using System.Text.Json.Nodes;
using Aitbc.Provider.Self;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>
/// What agents are told of this one. Clients of both eras read the same card: those of 1.0 the interfaces, those of 0.3
/// the address at its top.
/// </summary>
internal static class AgentCard
{
    /// <summary>Models that the card names; others are sold all the same.</summary>
    private const int MostModels = 32;

    private const string Text = "text/plain";
    private static readonly string Version = typeof(AgentCard).Assembly.GetName().Version!.ToString(3);

    public static JsonObject Describe(IReadOnlyList<ShelfModel> models, ProviderIdentity? self, string url) => new()
    {
        ["name"] = "aitbc-provider",
        ["description"] = "A provider of models, paid by the token in AIT. Send a message: its model answers. "
            + "The first answer is 402 and says how to pay (x402 over HTTP); the same message with the payment gets "
            + "its task. "
            + (self is null ? "" : $"Account of this provider: {self.Address}."),
        ["version"] = Version,
        ["supportedInterfaces"] = new JsonArray(Interface(url, "1.0"), Interface(url, "0.3")),
        ["url"] = url,
        ["preferredTransport"] = "JSONRPC",
        ["protocolVersion"] = "0.3.0",
        ["capabilities"] = new JsonObject
        {
            ["streaming"] = true,
            ["pushNotifications"] = false,
            ["extendedAgentCard"] = false,
        },
        ["defaultInputModes"] = new JsonArray(Text, "application/json", "image/png", "image/jpeg"),
        ["defaultOutputModes"] = new JsonArray(Text),
        ["skills"] = new JsonArray([.. models.Take(MostModels).Select(m => (JsonNode)Skill(m))]),
    };

    private static JsonObject Interface(string url, string version) => new()
    {
        ["url"] = url,
        ["protocolBinding"] = "JSONRPC",
        ["protocolVersion"] = version,
    };

    private static JsonObject Skill(ShelfModel model) => new()
    {
        ["id"] = $"chat/{model.Name}",
        ["name"] = $"Chat with {model.Name}",
        ["description"] = $"Answers by the model {model.Name}; name it in the message's metadata as model. "
            + $"{model.Price.Prompt} atto-AIT a token of the prompt, {model.Price.Output} a token of the output.",
        ["tags"] = new JsonArray("chat", "model", model.Source.Engine),
    };
}

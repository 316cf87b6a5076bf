using System.Text.Json;
using System.Text.Json.Nodes;

namespace Services.Tests.Provider.Models;

/// <summary>
/// How a kind of server writes what a test lets it say: exact wire shapes, one record after the other.
/// </summary>
internal abstract class Dialect
{
    public const string Model = "tiny:latest";

    public static Dialect Ollama { get; } = new OllamaDialect();

    public static Dialect OpenAi { get; } = new OpenAiDialect();

    public abstract string MediaType { get; }

    public abstract string ChatPath { get; }

    public abstract string Text(string text);

    public abstract string Thought(string text);

    public abstract string Tool(string name, string arguments);

    /// <summary>What closes an answer, with counts; null leaves one out.</summary>
    public abstract string Done(long? prompt, long? output, string reason = "stop");

    public abstract string Error();

    private sealed class OllamaDialect : Dialect
    {
        public override string MediaType => "application/x-ndjson";

        public override string ChatPath => "/api/chat";

        public override string Text(string text) => Line(new JsonObject { ["role"] = "assistant", ["content"] = text });

        public override string Thought(string text) =>
            Line(new JsonObject { ["role"] = "assistant", ["content"] = "", ["thinking"] = text });

        public override string Tool(string name, string arguments) => Line(new JsonObject
        {
            ["role"] = "assistant",
            ["content"] = "",
            ["tool_calls"] = new JsonArray(new JsonObject
            {
                ["function"] = new JsonObject { ["name"] = name, ["arguments"] = JsonNode.Parse(arguments) },
            }),
        });

        public override string Done(long? prompt, long? output, string reason = "stop")
        {
            var line = new JsonObject
            {
                ["model"] = Model,
                ["created_at"] = "2026-01-02T03:04:05.678901234Z",
                ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = "" },
                ["done"] = true,
                ["done_reason"] = reason,
                ["total_duration"] = 5,
                ["load_duration"] = 1,
                ["prompt_eval_duration"] = 2,
                ["eval_duration"] = 2,
            };
            if (prompt is not null)
                line["prompt_eval_count"] = prompt;
            if (output is not null)
                line["eval_count"] = output;
            return line.ToJsonString() + "\n";
        }

        public override string Error() => "{\"error\":\"an error was encountered while running the model\"}\n";

        private static string Line(JsonObject message) => new JsonObject
        {
            ["model"] = Model,
            ["created_at"] = "2026-01-02T03:04:05.678901234Z",
            ["message"] = message,
            ["done"] = false,
        }.ToJsonString() + "\n";
    }

    private sealed class OpenAiDialect : Dialect
    {
        public override string MediaType => "text/event-stream";

        public override string ChatPath => "/v1/chat/completions";

        public override string Text(string text) => Chunk(new JsonObject { ["content"] = text }, null);

        public override string Thought(string text) => Chunk(new JsonObject { ["reasoning_content"] = text }, null);

        public override string Tool(string name, string arguments) =>
            ToolPart(new JsonObject { ["name"] = name, ["arguments"] = "" }, "call_abc")
            + ToolPart(new JsonObject { ["arguments"] = arguments }, null);

        public override string Done(long? prompt, long? output, string reason = "stop") =>
            Chunk([], reason) + (prompt is null && output is null ? "" : Usage(prompt ?? 0, output ?? 0))
            + "data: [DONE]\n\n";

        public override string Error() =>
            "data: {\"error\":{\"message\":\"CUDA out of memory\",\"type\":\"server_error\",\"param\":null,"
            + "\"code\":null}}\n\n";

        private static string ToolPart(JsonObject function, string? id)
        {
            var call = new JsonObject { ["index"] = 0, ["function"] = function };
            if (id is not null)
            {
                call["id"] = id;
                call["type"] = "function";
            }

            return Chunk(new JsonObject { ["tool_calls"] = new JsonArray(call) }, null);
        }

        private static string Usage(long prompt, long output) => Event(new JsonObject
        {
            ["choices"] = new JsonArray(),
            ["usage"] = new JsonObject
            {
                ["prompt_tokens"] = prompt,
                ["completion_tokens"] = output,
                ["total_tokens"] = prompt + output,
            },
        });

        private static string Chunk(JsonObject delta, string? reason) => Event(new JsonObject
        {
            ["choices"] = new JsonArray(new JsonObject
            {
                ["index"] = 0,
                ["delta"] = delta,
                ["logprobs"] = null,
                ["finish_reason"] = reason,
            }),
            ["usage"] = null,
        });

        private static string Event(JsonObject chunk)
        {
            chunk["id"] = "chatcmpl-1";
            chunk["object"] = "chat.completion.chunk";
            chunk["created"] = 1_700_000_000;
            chunk["model"] = Model;
            chunk["system_fingerprint"] = "fp_1";
            return "data: " + JsonSerializer.Serialize(chunk) + "\n\n";
        }
    }
}

using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Node;
using Aitbc.Node.Rpc;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Protocol;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Node.Tests.Running;

/// <summary>A node that is not started: it takes transactions and answers, but never makes a block.</summary>
internal sealed class QuietNode : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly RpcServer server;

    public QuietNode(NodeOptions options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddNode(options);
        app = builder.Build();
        server = app.Services.GetRequiredService<RpcServer>();
    }

    public IServiceProvider Parts => app.Services;

    public async Task<JsonNode?> PostAsync(string body, CancellationToken gone = default)
    {
        using var answer = new Answer(app.Services.GetRequiredService<NodeOptions>().MaxResponse);
        var caller = new RpcCaller(Parts.GetRequiredService<ClientBudgets>().Of(null), null);
        var request = new ReadOnlySequence<byte>(Encoding.UTF8.GetBytes(body));
        await server.AnswerAsync(request, caller, answer, gone);
        return answer.Length == 0 ? null : JsonNode.Parse(answer.Written.Span);
    }

    public async Task<JsonObject> AnswerAsync(string method, params JsonNode?[] parameters) =>
        (JsonObject)(await PostAsync(TestNode.Request(1, method, parameters).ToJsonString()))!;

    public ValueTask DisposeAsync() => app.DisposeAsync();
}

using System.Buffers;
using System.Net;
using Aitbc.Node;
using Aitbc.Node.Rpc;
using Aitbc.Node.Rpc.Limits;
using Aitbc.Node.Rpc.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Fuzz.Running;

/// <summary>A node's JSON-RPC server behind its doors: answers of JSON-RPC 2.0 or none, no internal error.</summary>
internal sealed class RpcDesk : IDisposable
{
    private readonly FuzzNode node = new();
    private readonly RpcServer server;
    private readonly NodeOptions options;
    private readonly ClientBudget budget;

    public RpcDesk()
    {
        server = node.Services.GetRequiredService<RpcServer>();
        options = node.Services.GetRequiredService<NodeOptions>();
        budget = node.Services.GetRequiredService<ClientBudgets>().Of(IPAddress.Loopback);
    }

    public IReadOnlyCollection<string> Methods => node.Services.GetRequiredService<MethodTable>().Names;

    public void Ask(byte[] request)
    {
        using var answer = new Answer(options.MaxResponse);
        var caller = new RpcCaller(budget, Subscriber: null);
        server.AnswerAsync(new ReadOnlySequence<byte>(request), caller, answer, CancellationToken.None)
            .AsTask().GetAwaiter().GetResult();
        if (answer.Length > options.MaxResponse + Mutator.LongestInput)
            throw new FuzzFailure($"An answer of {answer.Length} bytes.");
        // First the log: it has the reason of an internal error.
        node.CheckErrors();
        AnswerCheck.Check(answer.Written);
    }

    public void Dispose() => node.Dispose();
}

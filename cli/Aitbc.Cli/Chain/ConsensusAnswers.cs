using Aitbc.Cli.Shell;
using Aitbc.Sdk.Chain;

namespace Aitbc.Cli.Chain;

/// <summary>Asks the node for what it knows of validators, and says plainly when it knows none.</summary>
internal static class ConsensusAnswers
{
    public static async Task<T> AskAsync<T>(
        CommandContext context, Func<ConsensusClient, CancellationToken, Task<T?>> ask)
        where T : class
    {
        var node = context.Session.Endpoints.Node;
        try
        {
            return await ask(new ConsensusClient(context.Session.Chain), context.Cancel)
                ?? throw new CliFailure(
                    ExitCode.Refused,
                    "no_validators",
                    $"The node at {node} decides alone: no validators are registered on its chain.",
                    "'./aitbc up --validators 4' starts a network of four.");
        }
        catch (RpcException e) when (e.Code == RpcException.MethodNotFound)
        {
            throw new CliFailure(
                ExitCode.Refused, "method_unknown", $"The node at {node} does not know this yet: {e.Message}.",
                "Update the node.", e);
        }
    }
}

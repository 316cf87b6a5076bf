using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;

namespace Aitbc.Cli.Serve;

/// <summary>Looks at everything that selling needs, in the order in which a newcomer sets it up.</summary>
internal sealed class ServeChecks(Session session, Uri ollama, Uri? openAi)
{
    // What some hundred claims and transfers cost at the usual fee.
    private static readonly UInt256 EnoughForFees = Amount.FromAit(1).Atto;

    /// <summary>Models, node, clock, wallet and coins, coordinator.</summary>
    /// <param name="models">The models that shall be sold; empty = all that are found.</param>
    /// <param name="account">Label of the account that is paid.</param>
    /// <param name="cancel">Stops the look.</param>
    public async Task<IReadOnlyList<Finding>> LookAsync(
        IReadOnlyList<string> models, string account, CancellationToken cancel) =>
        [
            await ModelsAsync(models, cancel),
            await NodeAsync(cancel),
            await WalletAsync(account, cancel),
            await CoordinatorAsync(cancel),
        ];

    private async Task<Finding> ModelsAsync(IReadOnlyList<string> wanted, CancellationToken cancel)
    {
        using var finder = new ModelFinder(ollama, openAi);
        var own = await finder.OllamaAsync(cancel);
        var other = await finder.OpenAiAsync(cancel);
        if (own is null && other is null)
        {
            return new Finding(
                "models",
                false,
                openAi is null
                    ? $"no Ollama answers at {ollama.Authority}" : $"neither {ollama.Authority} nor {openAi} answers",
                "Install Ollama from https://ollama.com and start it with 'ollama serve', or name a server of your "
                + "own with --openai-url http://127.0.0.1:8000/v1.");
        }

        var found = (own ?? []).Concat(other ?? []).ToList();
        var missing = wanted.FirstOrDefault(w => !found.Contains(w) && !found.Contains(w + ":latest"));
        if (missing is not null)
            return new Finding("models", false, $"{missing} is not installed", $"'ollama pull {missing}' gets it.");
        return found.Count == 0
            ? new Finding("models", false, "the server has no model", "'ollama pull qwen3:8b' gets one.")
            : new Finding("models", true, string.Join(", ", wanted.Count > 0 ? wanted : found.Take(8)));
    }

    private async Task<Finding> NodeAsync(CancellationToken cancel)
    {
        try
        {
            var status = await session.Chain.BlockAsync(null, cancel);
            var chain = await session.Chain.ChainIdAsync(cancel);
            return new Finding("node", true, $"chain {chain}, block {status?.Number}, at {session.Endpoints.Node}");
        }
        catch (Exception e) when (e is ChainUnavailableException or RpcException)
        {
            return new Finding(
                "node", false, $"no node answers at {session.Endpoints.Node}",
                "'./aitbc up' starts a whole network here; or name a node with --node.");
        }
    }

    private async Task<Finding> WalletAsync(string label, CancellationToken cancel)
    {
        try
        {
            var account = await (await session.WalletAsync(cancel)).CreateAsync(label, cancel);
            var balance = await session.Chain.BalanceAsync(account.Address, cancel);
            return balance >= EnoughForFees
                ? new Finding("wallet", true, $"{account.Address} has {Say.Ait(balance)} for fees")
                : new Finding(
                    "wallet", false, $"{account.Address} has {Say.Ait(balance)}, too little for the chain's fees",
                    $"'aitbc wallet send {account.Address} 1' from another account gives it some.");
        }
        catch (CliFailure failure)
        {
            return new Finding("wallet", false, failure.Message, failure.Next);
        }
        catch (Exception e) when (e is HttpRequestException or AitbcException or IOException
            or ChainUnavailableException or UnauthorizedAccessException)
        {
            return new Finding(
                "wallet", false, $"the wallet at {session.Endpoints.Wallet} cannot be asked: {e.Message}",
                "'./aitbc up' starts one; 'aitbc wallet unlock' opens one that is locked.");
        }
    }

    private async Task<Finding> CoordinatorAsync(CancellationToken cancel)
    {
        try
        {
            var info = await session.Market().InfoAsync(cancel);
            return new Finding("coordinator", true, $"{session.Endpoints.Coordinator}, evaluator {info.Evaluator}");
        }
        catch (Exception e) when (e is HttpRequestException or AitbcException or InvalidDataException)
        {
            return new Finding(
                "coordinator", false, $"no coordinator answers at {session.Endpoints.Coordinator}",
                "Buyers who know your address can still come directly; --no-coordinator sells so.");
        }
    }
}

using Aitbc.Cli.Network;
using Aitbc.Cli.Providers;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;

namespace Aitbc.Cli.Serve;

/// <summary>Looks at everything that selling needs, in the order in which a newcomer sets it up.</summary>
internal sealed class ServeChecks(Session session, Uri ollama, Uri? openAi)
{
    private const string Models = "models";

    // What some hundred claims and transfers cost at the usual fee.
    private static readonly UInt256 EnoughForFees = Amount.FromAit(1).Atto;

    /// <summary>Models, node, clock, wallet and coins, coordinator.</summary>
    /// <param name="models">The models that shall be sold; empty = all that are found, null = none are.</param>
    /// <param name="instead">What is sold where there is no model; null = models are needed.</param>
    /// <param name="account">Label of the account that is paid.</param>
    /// <param name="mayMake">Whether the account is made if the wallet has none of this label.</param>
    /// <param name="cancel">Stops the look.</param>
    public async Task<IReadOnlyList<Finding>> LookAsync(
        IReadOnlyList<string>? models, string? instead, string account, bool mayMake, CancellationToken cancel) =>
        [
            models is null ? new Finding(Models, true, $"left out: {instead}")
                : await ModelsAsync(models, instead, cancel),
            await NodeAsync(cancel),
            await WalletAsync(account, mayMake, cancel),
            await CoordinatorAsync(cancel),
        ];

    private async Task<Finding> ModelsAsync(
        IReadOnlyList<string> wanted, string? instead, CancellationToken cancel)
    {
        using var finder = new ModelFinder(ollama, openAi);
        var own = await finder.OllamaAsync(cancel);
        var other = await finder.OpenAiAsync(cancel);
        var found = (own ?? []).Concat(other ?? []).ToList();
        if (found.Count == 0 && wanted.Count == 0 && openAi is null && instead is not null)
            return new Finding(Models, true, $"none: {instead}");
        if (own is null && other is null)
        {
            return new Finding(
                Models,
                false,
                openAi is null
                    ? $"no Ollama answers at {ollama.Authority}" : $"neither {ollama.Authority} nor {openAi} answers",
                "Install Ollama from https://ollama.com and start it with 'ollama serve', or name a server of your "
                + "own with --openai-url http://127.0.0.1:8000/v1; --no-models sells programs only.");
        }

        var missing = wanted.FirstOrDefault(w => !found.Contains(w) && !found.Contains(w + ":latest"));
        if (missing is not null)
            return new Finding(Models, false, $"{missing} is not installed", $"'ollama pull {missing}' gets it.");
        return found.Count == 0
            ? new Finding(Models, false, "the server has no model", "'ollama pull qwen3:8b' gets one.")
            : new Finding(Models, true, string.Join(", ", wanted.Count > 0 ? wanted : found.Take(8)));
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
                "'./aitbc up' starts a whole network here; or name a node with --node-url.");
        }
    }

    private async Task<Finding> WalletAsync(string label, bool mayMake, CancellationToken cancel)
    {
        try
        {
            var wallet = await session.WalletAsync(cancel);
            var account = mayMake
                ? await wallet.CreateAsync(label, cancel)
                : (await wallet.AccountsAsync(cancel)).FirstOrDefault(a => a.Label == label);
            if (account is null)
                return new Finding("wallet", false, $"it has no account '{label}'", "'aitbc ai-serve' makes its own.");
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

    /// <summary>
    /// Whether nobody else sells for the account: each provider counts what it was paid by itself, so one voucher would
    /// pay at both.
    /// </summary>
    public async Task<Finding> AloneAsync(string label, CancellationToken cancel)
    {
        const string What = "account";
        if (session.Endpoints.Provider is not { } place)
            return new Finding(What, true, $"'{label}'");
        try
        {
            var health = await new ProviderDoor(session.Http(place)).HealthAsync(cancel);
            var account = await (await session.WalletAsync(cancel)).CreateAsync(label, cancel);
            return health["address"]?.GetValue<string>() == account.Address.ToString()
                ? new Finding(
                    What, false, $"the provider at {place} sells for '{label}' already",
                    "--account NAME sells for another one: what pays one of the two would pay the other too.")
                : new Finding(What, true, $"'{label}'");
        }
        catch (Exception e) when (e is HttpRequestException or AitbcException or InvalidDataException or CliFailure)
        {
            return new Finding(What, true, $"'{label}'"); // what does not answer takes nothing; the rest is said above
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

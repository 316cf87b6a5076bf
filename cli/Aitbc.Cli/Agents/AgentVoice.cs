using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Agents;

namespace Aitbc.Cli.Agents;

/// <summary>Finds the account of the wallet that speaks for an agent and reads its messages.</summary>
internal static class AgentVoice
{
    /// <summary>The account, and a mailbox for it.</summary>
    /// <param name="session">The network.</param>
    /// <param name="agent">The agent's number.</param>
    /// <param name="named">Label or address that was named; null = whichever of the wallet's speaks for it.</param>
    /// <param name="cancel">Stops the wait.</param>
    public static async Task<AgentMailbox> MailboxAsync(
        Session session, ulong agent, string? named, CancellationToken cancel)
    {
        var account = await FindAsync(session, agent, named, cancel);
        return new AgentMailbox(
            session.Chain,
            await session.WalletAsync(cancel),
            await session.MarketAsync(account, cancel),
            account);
    }

    /// <summary>There is no such agent.</summary>
    public static CliFailure Unknown(ulong agent) => CliFailure.Failed(
        "agent_unknown", $"The registry has no agent {agent}.", "'aitbc agent list' shows those it has.");

    private static async Task<Address> FindAsync(
        Session session, ulong agent, string? named, CancellationToken cancel)
    {
        var standing = await new AgentClient(session.Chain).StandingAsync(agent, cancel) ?? throw Unknown(agent);
        if (named is not null)
            return (await session.AccountAsync(named, cancel)).Address;
        var wallet = await session.WalletAsync(cancel);
        var speaking = (await wallet.AccountsAsync(cancel)).Select(a => a.Address)
            .Where(standing.IsSpokenForBy).ToList();
        foreach (var account in speaking)
        {
            // Of owner and wallet, the one whose key it registered reads.
            if (await wallet.Messages.KeyAsync(account, cancel) == standing.MessageKey)
                return account;
        }

        return speaking.Count > 0 ? speaking[0] : throw CliFailure.Failed(
            "agent_not_yours",
            $"No account of this wallet speaks for agent {agent}: its owner is {standing.Owner}.",
            "'aitbc wallet list' shows the accounts of this wallet.");
    }
}

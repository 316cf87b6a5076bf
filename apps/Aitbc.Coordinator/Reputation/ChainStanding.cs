using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;

namespace Aitbc.Coordinator.Reputation;

/// <summary>What the chain says of a provider: the agent that it owns, and what it has bonded.</summary>
internal sealed class ChainStanding(ChainClient chain, CoordinatorOptions options)
{
    /// <summary>The agent that a provider names; a refusal unless the provider owns it.</summary>
    public async Task<Agent> AgentAsync(Address provider, ulong id, CancellationToken cancel)
    {
        var agent = await new AgentClient(chain).FindAsync(id, cancel);
        return agent?.Owner == provider ? agent : throw Refusal.Of(
            403,
            ProblemCodes.Forbidden,
            $"Agent {id} of the identity registry is not owned by {provider}.",
            "Register it from the provider's account ('aitbc agent register'), or leave agentId out.");
    }

    /// <summary>Whether the bond is at least what ends probation. Throws if the node cannot be asked.</summary>
    public async Task<bool> IsBondedAsync(Address provider, CancellationToken cancel) =>
        await new BondsClient(chain).BondAsync(provider, cancel) >= options.ProbationBond;

    /// <summary>The same; false if the node cannot be asked.</summary>
    public async Task<bool> IsKnownBondedAsync(Address provider, CancellationToken cancel)
    {
        try
        {
            return await IsBondedAsync(provider, cancel);
        }
        catch (Exception away) when (away is RpcException or ChainUnavailableException or FormatException)
        {
            return false;
        }
    }
}

using Aitbc.Primitives;

namespace Aitbc.Sdk.Agents;

/// <summary>An agent as the ERC-8004 identity registry has it.</summary>
/// <param name="Id">Its number, from 0: an ERC-721 token.</param>
/// <param name="Owner">Who owns it and may change it.</param>
/// <param name="Wallet">Where it is paid; null after a transfer, until the new owner sets one.</param>
/// <param name="Uri">Where its registration file is; may be empty, and says nothing that anybody has checked.</param>
public sealed record Agent(ulong Id, Address Owner, Address? Wallet, string Uri)
{
    /// <summary>The registry's global name, <c>eip155:CHAIN:ADDRESS</c> (ERC-8004).</summary>
    public static string RegistryName(ulong chainId, Address registry) => $"eip155:{chainId}:{registry}";
}

using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Sdk.Agents;

/// <summary>What the client uses of the ERC-8004 identity registry (specs/contracts/identity.md).</summary>
internal static class AgentAbi
{
    public static readonly AbiFunction Register =
        AbiFunction.Parse("register(string,(string,bytes)[])(uint256)");

    public static readonly AbiFunction SetAgentUri = AbiFunction.Parse("setAgentURI(uint256,string)");
    public static readonly AbiFunction SetMetadata = AbiFunction.Parse("setMetadata(uint256,string,bytes)");
    public static readonly AbiFunction GetMetadata = AbiFunction.Parse("getMetadata(uint256,string)(bytes)");
    public static readonly AbiFunction GetAgentWallet = AbiFunction.Parse("getAgentWallet(uint256)(address)");
    public static readonly AbiFunction OwnerOf = AbiFunction.Parse("ownerOf(uint256)(address)");
    public static readonly AbiFunction TokenUri = AbiFunction.Parse("tokenURI(uint256)(string)");

    public static readonly Hash256 Registered =
        AbiEvent.Parse("Registered(uint256 indexed,string,address indexed)").Topic0;
}

using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Reputation;

/// <summary>Functions and events of the ERC-8004 reputation registry 2.0.0 (specs/contracts/reputation.md).</summary>
internal static class ReputationAbi
{
    public static readonly AbiFunction GetIdentityRegistry = AbiFunction.Parse("getIdentityRegistry()(address)");

    public static readonly AbiFunction GiveFeedback =
        AbiFunction.Parse("giveFeedback(uint256,int128,uint8,string,string,string,string,bytes32)");

    public static readonly AbiFunction RevokeFeedback = AbiFunction.Parse("revokeFeedback(uint256,uint64)");

    public static readonly AbiFunction AppendResponse =
        AbiFunction.Parse("appendResponse(uint256,address,uint64,string,bytes32)");

    public static readonly AbiFunction GetSummary =
        AbiFunction.Parse("getSummary(uint256,address[],string,string)(uint64,int128,uint8)");

    public static readonly AbiFunction ReadFeedback =
        AbiFunction.Parse("readFeedback(uint256,address,uint64)(int128,uint8,string,string,bool)");

    public static readonly AbiFunction ReadAllFeedback = AbiFunction.Parse(
        "readAllFeedback(uint256,address[],string,string,bool)"
        + "(address[],uint64[],int128[],uint8[],string[],string[],bool[])");

    public static readonly AbiFunction GetResponseCount =
        AbiFunction.Parse("getResponseCount(uint256,address,uint64,address[])(uint64)");

    public static readonly AbiFunction GetClients = AbiFunction.Parse("getClients(uint256)(address[])");
    public static readonly AbiFunction GetLastIndex = AbiFunction.Parse("getLastIndex(uint256,address)(uint64)");
    public static readonly AbiFunction GetVersion = AbiFunction.Parse("getVersion()(string)");

    public static readonly AbiEvent NewFeedback = AbiEvent.Parse(
        "NewFeedback(uint256 indexed agentId,address indexed clientAddress,uint64 feedbackIndex,int128 value,"
        + "uint8 valueDecimals,string indexed indexedTag1,string tag1,string tag2,string endpoint,string feedbackURI,"
        + "bytes32 feedbackHash)");

    public static readonly AbiEvent FeedbackRevoked = AbiEvent.Parse(
        "FeedbackRevoked(uint256 indexed agentId,address indexed clientAddress,uint64 indexed feedbackIndex)");

    public static readonly AbiEvent ResponseAppended = AbiEvent.Parse(
        "ResponseAppended(uint256 indexed agentId,address indexed clientAddress,uint64 feedbackIndex,"
        + "address indexed responder,string responseURI,bytes32 responseHash)");
}

using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.Identity;

/// <summary>
/// Functions, events and errors of the ERC-8004 identity registry 2.0.0, an ERC-721 with URI storage
/// (specs/contracts/identity.md).
/// </summary>
internal static class IdentityAbi
{
    public static readonly AbiFunction Register = AbiFunction.Parse("register()(uint256)");
    public static readonly AbiFunction RegisterUri = AbiFunction.Parse("register(string)(uint256)");

    public static readonly AbiFunction RegisterMetadata =
        AbiFunction.Parse("register(string,(string,bytes)[])(uint256)");

    public static readonly AbiFunction SetAgentUri = AbiFunction.Parse("setAgentURI(uint256,string)");
    public static readonly AbiFunction GetMetadata = AbiFunction.Parse("getMetadata(uint256,string)(bytes)");
    public static readonly AbiFunction SetMetadata = AbiFunction.Parse("setMetadata(uint256,string,bytes)");
    public static readonly AbiFunction GetAgentWallet = AbiFunction.Parse("getAgentWallet(uint256)(address)");

    public static readonly AbiFunction SetAgentWallet =
        AbiFunction.Parse("setAgentWallet(uint256,address,uint256,bytes)");

    public static readonly AbiFunction UnsetAgentWallet = AbiFunction.Parse("unsetAgentWallet(uint256)");

    public static readonly AbiFunction IsAuthorizedOrOwner =
        AbiFunction.Parse("isAuthorizedOrOwner(address,uint256)(bool)");

    public static readonly AbiFunction GetVersion = AbiFunction.Parse("getVersion()(string)");

    public static readonly AbiFunction Eip712Domain =
        AbiFunction.Parse("eip712Domain()(bytes1,string,string,uint256,address,bytes32,uint256[])");

    public static readonly AbiFunction BalanceOf = AbiFunction.Parse("balanceOf(address)(uint256)");
    public static readonly AbiFunction OwnerOf = AbiFunction.Parse("ownerOf(uint256)(address)");
    public static readonly AbiFunction Approve = AbiFunction.Parse("approve(address,uint256)");
    public static readonly AbiFunction GetApproved = AbiFunction.Parse("getApproved(uint256)(address)");
    public static readonly AbiFunction SetApprovalForAll = AbiFunction.Parse("setApprovalForAll(address,bool)");

    public static readonly AbiFunction IsApprovedForAll =
        AbiFunction.Parse("isApprovedForAll(address,address)(bool)");

    public static readonly AbiFunction TransferFrom = AbiFunction.Parse("transferFrom(address,address,uint256)");

    public static readonly AbiFunction SafeTransferFrom =
        AbiFunction.Parse("safeTransferFrom(address,address,uint256)");

    public static readonly AbiFunction SafeTransferFromData =
        AbiFunction.Parse("safeTransferFrom(address,address,uint256,bytes)");

    public static readonly AbiFunction Name = AbiFunction.Parse("name()(string)");
    public static readonly AbiFunction Symbol = AbiFunction.Parse("symbol()(string)");
    public static readonly AbiFunction TokenUri = AbiFunction.Parse("tokenURI(uint256)(string)");
    public static readonly AbiFunction SupportsInterface = AbiFunction.Parse("supportsInterface(bytes4)(bool)");

    public static readonly AbiEvent Registered =
        AbiEvent.Parse("Registered(uint256 indexed agentId,string agentURI,address indexed owner)");

    public static readonly AbiEvent UriUpdated =
        AbiEvent.Parse("URIUpdated(uint256 indexed agentId,string newURI,address indexed updatedBy)");

    public static readonly AbiEvent MetadataSet = AbiEvent.Parse(
        "MetadataSet(uint256 indexed agentId,string indexed indexedMetadataKey,string metadataKey,"
        + "bytes metadataValue)");

    public static readonly AbiEvent Transfer =
        AbiEvent.Parse("Transfer(address indexed from,address indexed to,uint256 indexed tokenId)");

    public static readonly AbiEvent Approval =
        AbiEvent.Parse("Approval(address indexed owner,address indexed approved,uint256 indexed tokenId)");

    public static readonly AbiEvent ApprovalForAll =
        AbiEvent.Parse("ApprovalForAll(address indexed owner,address indexed operator,bool approved)");

    public static readonly AbiEvent MetadataUpdate = AbiEvent.Parse("MetadataUpdate(uint256 _tokenId)");

    private static readonly AbiFunction NonexistentTokenError = AbiFunction.Parse("ERC721NonexistentToken(uint256)");
    private static readonly AbiFunction InvalidOwnerError = AbiFunction.Parse("ERC721InvalidOwner(address)");

    private static readonly AbiFunction IncorrectOwnerError =
        AbiFunction.Parse("ERC721IncorrectOwner(address,uint256,address)");

    private static readonly AbiFunction InvalidReceiverError = AbiFunction.Parse("ERC721InvalidReceiver(address)");

    private static readonly AbiFunction InsufficientApprovalError =
        AbiFunction.Parse("ERC721InsufficientApproval(address,uint256)");

    private static readonly AbiFunction InvalidApproverError = AbiFunction.Parse("ERC721InvalidApprover(address)");
    private static readonly AbiFunction InvalidOperatorError = AbiFunction.Parse("ERC721InvalidOperator(address)");

    public static RevertException NonexistentToken(UInt256 id) => RevertException.Custom(NonexistentTokenError, id);

    public static RevertException InvalidOwner(Address owner) => RevertException.Custom(InvalidOwnerError, owner);

    public static RevertException IncorrectOwner(Address sender, UInt256 id, Address owner) =>
        RevertException.Custom(IncorrectOwnerError, sender, id, owner);

    public static RevertException InvalidReceiver(Address receiver) =>
        RevertException.Custom(InvalidReceiverError, receiver);

    public static RevertException InsufficientApproval(Address spender, UInt256 id) =>
        RevertException.Custom(InsufficientApprovalError, spender, id);

    public static RevertException InvalidApprover(Address approver) =>
        RevertException.Custom(InvalidApproverError, approver);

    public static RevertException InvalidOperator(Address account) =>
        RevertException.Custom(InvalidOperatorError, account);
}

using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Ledger.Contracts.Token;

/// <summary>
/// Functions, events and typed messages of the token: ERC-20, EIP-2612, EIP-3009 with the overloads of x402, EIP-5267.
/// </summary>
internal static class TokenAbi
{
    public static readonly AbiFunction Name = AbiFunction.Parse("name()(string)");
    public static readonly AbiFunction Symbol = AbiFunction.Parse("symbol()(string)");
    public static readonly AbiFunction Version = AbiFunction.Parse("version()(string)");
    public static readonly AbiFunction Decimals = AbiFunction.Parse("decimals()(uint8)");
    public static readonly AbiFunction TotalSupply = AbiFunction.Parse("totalSupply()(uint256)");
    public static readonly AbiFunction BalanceOf = AbiFunction.Parse("balanceOf(address)(uint256)");
    public static readonly AbiFunction Allowance = AbiFunction.Parse("allowance(address,address)(uint256)");
    public static readonly AbiFunction Transfer = AbiFunction.Parse("transfer(address,uint256)(bool)");
    public static readonly AbiFunction TransferFrom = AbiFunction.Parse("transferFrom(address,address,uint256)(bool)");
    public static readonly AbiFunction Approve = AbiFunction.Parse("approve(address,uint256)(bool)");

    public static readonly AbiFunction Nonces = AbiFunction.Parse("nonces(address)(uint256)");

    public static readonly AbiFunction Permit =
        AbiFunction.Parse("permit(address,address,uint256,uint256,uint8,bytes32,bytes32)");

    public static readonly AbiFunction PermitBytes =
        AbiFunction.Parse("permit(address,address,uint256,uint256,bytes)");

    public static readonly AbiFunction AuthorizationState =
        AbiFunction.Parse("authorizationState(address,bytes32)(bool)");

    public static readonly AbiFunction TransferWithAuthorization = AbiFunction.Parse(
        "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)");

    public static readonly AbiFunction TransferWithAuthorizationBytes = AbiFunction.Parse(
        "transferWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)");

    public static readonly AbiFunction ReceiveWithAuthorization = AbiFunction.Parse(
        "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,uint8,bytes32,bytes32)");

    public static readonly AbiFunction ReceiveWithAuthorizationBytes = AbiFunction.Parse(
        "receiveWithAuthorization(address,address,uint256,uint256,uint256,bytes32,bytes)");

    public static readonly AbiFunction CancelAuthorization =
        AbiFunction.Parse("cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)");

    public static readonly AbiFunction CancelAuthorizationBytes =
        AbiFunction.Parse("cancelAuthorization(address,bytes32,bytes)");

    public static readonly AbiFunction DomainSeparator = AbiFunction.Parse("DOMAIN_SEPARATOR()(bytes32)");
    public static readonly AbiFunction PermitTypeHash = AbiFunction.Parse("PERMIT_TYPEHASH()(bytes32)");

    public static readonly AbiFunction TransferTypeHash =
        AbiFunction.Parse("TRANSFER_WITH_AUTHORIZATION_TYPEHASH()(bytes32)");

    public static readonly AbiFunction ReceiveTypeHash =
        AbiFunction.Parse("RECEIVE_WITH_AUTHORIZATION_TYPEHASH()(bytes32)");

    public static readonly AbiFunction CancelTypeHash =
        AbiFunction.Parse("CANCEL_AUTHORIZATION_TYPEHASH()(bytes32)");

    public static readonly AbiFunction Eip712Domain =
        AbiFunction.Parse("eip712Domain()(bytes1,string,string,uint256,address,bytes32,uint256[])");

    public static readonly AbiEvent Transferred =
        AbiEvent.Parse("Transfer(address indexed from,address indexed to,uint256 value)");

    public static readonly AbiEvent Approved =
        AbiEvent.Parse("Approval(address indexed owner,address indexed spender,uint256 value)");

    public static readonly AbiEvent AuthorizationUsed =
        AbiEvent.Parse("AuthorizationUsed(address indexed authorizer,bytes32 indexed nonce)");

    public static readonly AbiEvent AuthorizationCanceled =
        AbiEvent.Parse("AuthorizationCanceled(address indexed authorizer,bytes32 indexed nonce)");

    public static readonly Hash256 PermitMessage = Eip712Type.Parse(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)").TypeHash;

    public static readonly Hash256 TransferMessage = Eip712Type.Parse(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
        + "bytes32 nonce)").TypeHash;

    public static readonly Hash256 ReceiveMessage = Eip712Type.Parse(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
        + "bytes32 nonce)").TypeHash;

    public static readonly Hash256 CancelMessage =
        Eip712Type.Parse("CancelAuthorization(address authorizer,bytes32 nonce)").TypeHash;
}

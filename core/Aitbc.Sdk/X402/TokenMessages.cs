using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Chain;

namespace Aitbc.Sdk.X402;

/// <summary>An EIP-3009 authorization of the AIT token; valid strictly between its two moments.</summary>
/// <param name="From">Whose coins move; the signer.</param>
/// <param name="To">Who gets them.</param>
/// <param name="Value">In atto-AIT.</param>
/// <param name="ValidAfter">Unix seconds.</param>
/// <param name="ValidBefore">Unix seconds.</param>
/// <param name="Nonce">32 bytes that were never used by the signer.</param>
public sealed record TokenAuthorization(
    Address From, Address To, UInt256 Value, ulong ValidAfter, ulong ValidBefore, Hash256 Nonce);

/// <summary>Digests of the AIT token's authorizations (specs/contracts/token.md, EIP-3009).</summary>
public static class TokenMessages
{
    /// <summary>Name of the token's EIP-712 domain: <c>extra.name</c> of an offer.</summary>
    public const string Name = "AIT";

    /// <summary>Version of the token's EIP-712 domain: <c>extra.version</c> of an offer.</summary>
    public const string Version = "1";

    private const string Members =
        "(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";

    private static readonly Eip712Type TransferType = Eip712Type.Parse("TransferWithAuthorization" + Members);
    private static readonly Eip712Type ReceiveType = Eip712Type.Parse("ReceiveWithAuthorization" + Members);

    private static readonly Eip712Type CancelType =
        Eip712Type.Parse("CancelAuthorization(address authorizer,bytes32 nonce)");

    /// <summary>The domain of the AIT token on a chain.</summary>
    /// <param name="chainId">EIP-155 id of the chain.</param>
    public static Eip712Domain Domain(UInt256 chainId) => new()
    {
        Name = Name,
        Version = Version,
        ChainId = chainId,
        VerifyingContract = SystemContractAddresses.Token,
    };

    /// <summary>TransferWithAuthorization: anybody may submit it.</summary>
    public static Hash256 Transfer(Eip712Domain domain, TokenAuthorization authorization) =>
        Digest(domain, TransferType, authorization);

    /// <summary>ReceiveWithAuthorization: only the payee may submit it.</summary>
    public static Hash256 Receive(Eip712Domain domain, TokenAuthorization authorization) =>
        Digest(domain, ReceiveType, authorization);

    /// <summary>CancelAuthorization: makes an unused nonce void.</summary>
    public static Hash256 Cancel(Eip712Domain domain, Address authorizer, Hash256 nonce) =>
        Eip712.Digest(domain, CancelType.HashStruct(authorizer, nonce));

    private static Hash256 Digest(Eip712Domain domain, Eip712Type type, TokenAuthorization a)
    {
        ArgumentNullException.ThrowIfNull(a);
        return Eip712.Digest(
            domain,
            type.HashStruct(a.From, a.To, a.Value, (UInt256)a.ValidAfter, (UInt256)a.ValidBefore, a.Nonce));
    }
}

using Aitbc.Ledger.Contracts;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.TypedData;

namespace Core.Tests.Ledger.Contracts.Token;

/// <summary>Messages of the token as a stock client signs them: not by the contract's own hashing.</summary>
internal static class TokenMessages
{
    public static readonly Eip712Domain Domain = new()
    {
        Name = "AIT",
        Version = "1",
        ChainId = Devnet.ChainId,
        VerifyingContract = SystemContracts.AitToken,
    };

    private const string Movement =
        "WithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,bytes32 nonce)";

    private static readonly Eip712Type TransferType = Eip712Type.Parse("Transfer" + Movement);
    private static readonly Eip712Type ReceiveType = Eip712Type.Parse("Receive" + Movement);

    private static readonly Eip712Type CancelType =
        Eip712Type.Parse("CancelAuthorization(address authorizer,bytes32 nonce)");

    private static readonly Eip712Type PermitType = Eip712Type.Parse(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    public static Hash256 Nonce(int number) => Keccak256.Hash([(byte)number]);

    public static Signature Transfer(PrivateKey key, params object?[] members) => Sign(key, TransferType, members);

    public static Signature Receive(PrivateKey key, params object?[] members) => Sign(key, ReceiveType, members);

    public static Signature Cancel(PrivateKey key, params object?[] members) => Sign(key, CancelType, members);

    public static Signature Permit(PrivateKey key, params object?[] members) => Sign(key, PermitType, members);

    /// <summary>Arguments followed by v, r and s.</summary>
    public static object?[] With(this object?[] members, Signature signature) =>
        [.. members, (UInt256)(27UL + signature.YParity), signature.R, signature.S];

    /// <summary>Arguments followed by r ‖ s ‖ v.</summary>
    public static object?[] WithBytes(this object?[] members, Signature signature) =>
        [.. members, signature.ToBytes65()];

    private static Signature Sign(PrivateKey key, Eip712Type type, object?[] members) =>
        key.Sign(Eip712.Digest(Domain, type.HashStruct(members)));
}

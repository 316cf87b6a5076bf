using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Chain;

namespace Aitbc.Wallet.Budgets.Reading;

/// <summary>
/// What typed data would spend. Nothing is believed from the JSON: the message as it is understood is hashed again, and
/// only if that digest is the one to be signed has it been understood.
/// </summary>
internal static class TypedDataSpend
{
    private static readonly Eip712Type Transfer = Eip712Type.Parse(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
        + "bytes32 nonce)");

    private static readonly Eip712Type Receive = Eip712Type.Parse(
        "ReceiveWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
        + "bytes32 nonce)");

    private static readonly Eip712Type Cancel =
        Eip712Type.Parse("CancelAuthorization(address authorizer,bytes32 nonce)");

    private static readonly Eip712Type Permit = Eip712Type.Parse(
        "Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");

    private static readonly Eip712Type Voucher =
        Eip712Type.Parse("Voucher(bytes32 channelId,uint128 maxClaimableAmount)");

    public static Spend Read(JsonElement typedData, Hash256 digest)
    {
        try
        {
            return Understand(new TypedDataFields(typedData), digest) ?? Unknown(typedData);
        }
        catch (Exception e) when (e is FormatException or AbiException or KeyNotFoundException
            or InvalidOperationException or OverflowException)
        {
            return Unknown(typedData);
        }
    }

    private static Spend? Understand(TypedDataFields data, Hash256 digest)
    {
        if (data.Domain.VerifyingContract is not { } contract)
            return null;
        var spend = contract == SystemContractAddresses.Token ? OfToken(data)
            : contract == SystemContractAddresses.BatchSettlement ? OfChannels(data)
            : contract == SystemContractAddresses.JobEscrow && data.Domain.Name == "AITBC" ? (Market(data), digest)
            : null;
        return spend is var (understood, hash) && hash == digest ? understood with { Contract = contract } : null;
    }

    // Offers, terms, receipts: evidence, which moves no coins by itself.
    private static Spend Market(TypedDataFields data) => new("market:" + data.PrimaryType, default);

    // A voucher takes nothing from the account: it draws on what its channel was filled with. Messages that a receiver
    // signs (refunds, claims) are not understood: they can give away what was earned.
    private static (Spend, Hash256)? OfChannels(TypedDataFields data)
    {
        if (data.PrimaryType != "Voucher")
            return null;
        var (channel, total) = (data.Word("channelId"), data.Number("maxClaimableAmount"));
        return (
            new Spend("voucher", default) { Channel = channel, Claimable = total },
            Digest(data, Voucher, channel, total));
    }

    private static (Spend, Hash256)? OfToken(TypedDataFields data) => data.PrimaryType switch
    {
        "TransferWithAuthorization" => Authorization(data, Transfer),
        "ReceiveWithAuthorization" => Authorization(data, Receive),
        "CancelAuthorization" => (
            new Spend("cancelAuthorization", default),
            Digest(data, Cancel, data.Address("authorizer"), data.Word("nonce"))),
        "Permit" => (
            new Spend("permit", data.Number("value"))
            {
                Payee = data.Address("spender"),
                ValidBefore = Seconds(data.Number("deadline")),
            },
            Digest(
                data, Permit, data.Address("owner"), data.Address("spender"), data.Number("value"),
                data.Number("nonce"), data.Number("deadline"))),
        _ => null,
    };

    private static (Spend, Hash256)? Authorization(TypedDataFields data, Eip712Type type)
    {
        var (to, value, before) = (data.Address("to"), data.Number("value"), data.Number("validBefore"));
        var nonce = data.Word("nonce");
        var spend = new Spend("authorization", value)
        {
            Payee = to,
            AuthorizationNonce = nonce,
            ValidBefore = Seconds(before),
        };
        return (spend, Digest(data, type, data.Address("from"), to, value, data.Number("validAfter"), before, nonce));
    }

    private static Hash256 Digest(TypedDataFields data, Eip712Type type, params object?[] values) =>
        Eip712.Digest(data.Domain, type.HashStruct(values));

    private static ulong Seconds(UInt256 value) => value.IsUInt64 ? (ulong)value : ulong.MaxValue;

    private static Spend Unknown(JsonElement typedData) => new("typed data", default)
    {
        IsUnknown = true,
        Contract = TypedDataFields.ContractOf(typedData),
    };
}

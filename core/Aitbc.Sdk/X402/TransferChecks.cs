using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Sdk.X402;

/// <summary>
/// What can be said of a signed transfer without asking the chain, in the order of npm @x402/evm. The same for a
/// provider that verifies for itself and for a facilitator.
/// </summary>
public static class TransferChecks
{
    /// <summary>So long a transfer is still to be valid, in seconds: it has to get into a block.</summary>
    public const ulong ShortestValiditySeconds = 6;

    /// <summary>The first fault as one of <see cref="PaymentCodes"/>; null = none.</summary>
    /// <param name="payment">What was shown.</param>
    /// <param name="chainId">EIP-155 id of the chain.</param>
    /// <param name="payTo">Who is to be paid.</param>
    /// <param name="amount">In atto-AIT.</param>
    /// <param name="now">Unix seconds.</param>
    /// <param name="isSettled">Whether it is on the chain already: then its end does not matter.</param>
    public static string? Fault(
        PresentedTransfer payment, UInt256 chainId, Address payTo, UInt256 amount, ulong now, bool isSettled)
    {
        ArgumentNullException.ThrowIfNull(payment);
        var a = payment.Authorization;
        return IsSigned(payment, chainId) switch
        {
            false => PaymentCodes.ExactSignature,
            _ when a.To != payTo => PaymentCodes.ExactRecipient,
            _ when !isSettled && a.ValidBefore < now + ShortestValiditySeconds => PaymentCodes.ExactValidBefore,
            _ when a.ValidAfter > now => PaymentCodes.ExactValidAfter,
            _ when a.Value != amount => PaymentCodes.ExactValue,
            _ => null,
        };
    }

    private static bool IsSigned(PresentedTransfer payment, UInt256 chainId) =>
        Signature.TryParse65(payment.Signature, out var signature)
        && Secp256k1.TryRecover(
            TokenMessages.Transfer(TokenMessages.Domain(chainId), payment.Authorization), signature, out var signer)
        && signer == payment.Authorization.From;
}

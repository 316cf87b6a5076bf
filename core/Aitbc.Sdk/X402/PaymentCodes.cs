namespace Aitbc.Sdk.X402;

/// <summary>Codes of refused payments as stock clients know them (npm @x402/evm).</summary>
public static class PaymentCodes
{
    /// <summary>Not of a known form.</summary>
    public const string InvalidPayload = "invalid_payload";

    /// <summary>The payment is for none of the offers.</summary>
    public const string NoMatch = "No matching payment requirements";

    /// <summary>Not signed by <c>from</c> for this chain and token.</summary>
    public const string ExactSignature = "invalid_exact_evm_signature";

    /// <summary><c>to</c> is not the payee.</summary>
    public const string ExactRecipient = "invalid_exact_evm_recipient_mismatch";

    /// <summary>Not valid for 6 s more.</summary>
    public const string ExactValidBefore = "invalid_exact_evm_payload_authorization_valid_before";

    /// <summary>Not valid yet.</summary>
    public const string ExactValidAfter = "invalid_exact_evm_payload_authorization_valid_after";

    /// <summary><c>value</c> is not the amount.</summary>
    public const string ExactValue = "invalid_exact_evm_payload_authorization_value_mismatch";

    /// <summary>The nonce was used or cancelled.</summary>
    public const string ExactNonceUsed = "invalid_exact_evm_nonce_already_used";

    /// <summary>The payer does not have as much.</summary>
    public const string ExactBalance = "invalid_exact_evm_insufficient_balance";

    /// <summary>The chain refused the transfer.</summary>
    public const string ExactTransaction = "invalid_exact_evm_transaction_failed";

    /// <summary>Payload or requirements are not of the scheme <c>exact</c>.</summary>
    public const string ExactScheme = "invalid_exact_evm_scheme";

    /// <summary>The requirements do not name the token's EIP-712 domain.</summary>
    public const string ExactDomain = "invalid_exact_evm_missing_eip712_domain";

    /// <summary>Payload and requirements name different chains.</summary>
    public const string ExactNetwork = "invalid_exact_evm_network_mismatch";

    /// <summary>The token has another name.</summary>
    public const string ExactTokenName = "invalid_exact_evm_token_name_mismatch";

    /// <summary>The token's domain has another version.</summary>
    public const string ExactTokenVersion = "invalid_exact_evm_token_version_mismatch";

    /// <summary>Not of x402 version 2.</summary>
    public const string Version = "invalid_x402_version";

    /// <summary>A scheme that is not served.</summary>
    public const string Scheme = "unsupported_scheme";

    /// <summary>A chain that is not served.</summary>
    public const string Network = "invalid_network";

    /// <summary>Requirements of an unknown form, or for a token that is not served.</summary>
    public const string Requirements = "invalid_payment_requirements";

    /// <summary>The transfer was sent and its outcome is not known yet.</summary>
    public const string Pending = "settlement_pending";

    /// <summary>The facilitator hands in no more transfers now; nothing was sent.</summary>
    public const string Unexpected = "unexpected_settle_error";

    private const string Channel = "invalid_batch_settlement_evm_";

    /// <summary>The channel pays somebody else.</summary>
    public const string ChannelReceiver = Channel + "receiver_mismatch";

    /// <summary>Somebody else claims from the channel.</summary>
    public const string ChannelReceiverAuthorizer = Channel + "receiver_authorizer_mismatch";

    /// <summary>The channel holds another token.</summary>
    public const string ChannelToken = Channel + "token_mismatch";

    /// <summary>Not the offered delay of a withdrawal.</summary>
    public const string ChannelDelay = Channel + "withdraw_delay_mismatch";

    /// <summary>Not the id of these terms on this chain.</summary>
    public const string ChannelId = Channel + "channel_id_mismatch";

    /// <summary>The voucher is not signed by the payer.</summary>
    public const string ChannelVoucher = Channel + "voucher_signature";

    /// <summary>The deposit is not signed by the payer.</summary>
    public const string ChannelDepositSignature = Channel + "receive_authorization_signature";

    /// <summary>The deposit is not valid now.</summary>
    public const string ChannelDepositTime = Channel + "payload_authorization_valid_before";

    /// <summary>The chain refused the deposit.</summary>
    public const string ChannelDepositFailed = Channel + "deposit_transaction_failed";

    /// <summary>The chain does not know the channel.</summary>
    public const string ChannelNotFound = Channel + "channel_not_found";

    /// <summary>A withdrawal is under way.</summary>
    public const string ChannelClosing = Channel + "channel_closing";

    /// <summary>Another request is under way on the channel.</summary>
    public const string ChannelBusy = Channel + "channel_busy";

    /// <summary>The voucher is not for the total.</summary>
    public const string ChannelTotal = Channel + "cumulative_amount_mismatch";

    /// <summary>The channel holds less.</summary>
    public const string ChannelBalance = Channel + "cumulative_exceeds_balance";

    /// <summary>Not a payload for this.</summary>
    public const string ChannelPayloadType = Channel + "payload_type";

    /// <summary>Nothing is left to give back.</summary>
    public const string ChannelNothingLeft = Channel + "refund_no_balance";

    /// <summary>Not an amount that can be given back.</summary>
    public const string ChannelRefundAmount = Channel + "refund_amount_invalid";

    /// <summary>Payload or requirements are not of the scheme <c>batch-settlement</c>.</summary>
    public const string ChannelScheme = Channel + "scheme";

    /// <summary>Payload and requirements name different chains.</summary>
    public const string ChannelNetwork = Channel + "network_mismatch";

    /// <summary>The requirements do not name the token's EIP-712 domain.</summary>
    public const string ChannelDomain = Channel + "missing_eip712_domain";

    /// <summary>The delay of a withdrawal is less or more than the chain takes.</summary>
    public const string ChannelDelayRange = Channel + "withdraw_delay_out_of_range";

    /// <summary>The deposit is not valid yet.</summary>
    public const string ChannelDepositEarly = Channel + "payload_authorization_valid_after";

    /// <summary>The payer has less than the deposit.</summary>
    public const string ChannelDepositBalance = Channel + "insufficient_balance";

    /// <summary>The chain would refuse the deposit.</summary>
    public const string ChannelDepositTrial = Channel + "deposit_simulation_failed";

    /// <summary>The voucher allows nothing that was not claimed before.</summary>
    public const string ChannelBelow = Channel + "cumulative_below_claimed";

    /// <summary>The receiver's authorizer has not signed it.</summary>
    public const string ChannelUnsigned = Channel + "authorizer_not_configured";

    /// <summary>The chain would refuse the claim.</summary>
    public const string ChannelClaimTrial = Channel + "claim_simulation_failed";

    /// <summary>The chain refused the claim.</summary>
    public const string ChannelClaimFailed = Channel + "claim_transaction_failed";

    /// <summary>Nothing is to be paid out.</summary>
    public const string ChannelNothingDue = Channel + "nothing_to_settle";

    /// <summary>The chain refused to pay out.</summary>
    public const string ChannelPayoutFailed = Channel + "settle_transaction_failed";

    /// <summary>The chain would refuse to give it back.</summary>
    public const string ChannelRefundTrial = Channel + "refund_simulation_failed";

    /// <summary>The chain refused to give it back.</summary>
    public const string ChannelRefundFailed = Channel + "refund_transaction_failed";
}

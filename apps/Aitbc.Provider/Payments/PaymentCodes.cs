namespace Aitbc.Provider.Payments;

/// <summary>Codes of refused payments as stock clients know them (npm @x402/evm).</summary>
internal static class PaymentCodes
{
    public const string InvalidPayload = "invalid_payload";
    public const string NoMatch = "No matching payment requirements";

    public const string ExactSignature = "invalid_exact_evm_signature";
    public const string ExactRecipient = "invalid_exact_evm_recipient_mismatch";
    public const string ExactValidBefore = "invalid_exact_evm_payload_authorization_valid_before";
    public const string ExactValidAfter = "invalid_exact_evm_payload_authorization_valid_after";
    public const string ExactValue = "invalid_exact_evm_payload_authorization_value_mismatch";
    public const string ExactNonceUsed = "invalid_exact_evm_nonce_already_used";
    public const string ExactBalance = "invalid_exact_evm_insufficient_balance";
    public const string ExactTransaction = "invalid_exact_evm_transaction_failed";

    private const string Channel = "invalid_batch_settlement_evm_";
    public const string ChannelReceiver = Channel + "receiver_mismatch";
    public const string ChannelReceiverAuthorizer = Channel + "receiver_authorizer_mismatch";
    public const string ChannelToken = Channel + "token_mismatch";
    public const string ChannelDelay = Channel + "withdraw_delay_mismatch";
    public const string ChannelId = Channel + "channel_id_mismatch";
    public const string ChannelVoucher = Channel + "voucher_signature";
    public const string ChannelDepositSignature = Channel + "receive_authorization_signature";
    public const string ChannelDepositTime = Channel + "payload_authorization_valid_before";
    public const string ChannelDepositFailed = Channel + "deposit_transaction_failed";
    public const string ChannelNotFound = Channel + "channel_not_found";
    public const string ChannelClosing = Channel + "channel_closing";
    public const string ChannelBusy = Channel + "channel_busy";
    public const string ChannelTotal = Channel + "cumulative_amount_mismatch";
    public const string ChannelBalance = Channel + "cumulative_exceeds_balance";
    public const string ChannelPayloadType = Channel + "payload_type";
    public const string ChannelNothingLeft = Channel + "refund_no_balance";
    public const string ChannelRefundAmount = Channel + "refund_amount_invalid";
    public const string ChannelRefundFailed = Channel + "refund_transaction_failed";
}

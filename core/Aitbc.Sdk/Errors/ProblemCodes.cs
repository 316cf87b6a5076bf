namespace Aitbc.Sdk.Errors;

/// <summary>Codes of problems that more than one daemon or client uses. A code never changes its meaning.</summary>
public static class ProblemCodes
{
    /// <summary>400: the request is malformed or a value is out of range.</summary>
    public const string InvalidRequest = "invalid_request";

    /// <summary>401: no valid token.</summary>
    public const string Unauthorized = "unauthorized";

    /// <summary>403: the caller may not do this.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>403: the token was not given for this.</summary>
    public const string ScopeMissing = "scope_missing";

    /// <summary>404: no such endpoint or object.</summary>
    public const string NotFound = "not_found";

    /// <summary>405: the endpoint does not take this method.</summary>
    public const string MethodNotAllowed = "method_not_allowed";

    /// <summary>409: the request contradicts what is there.</summary>
    public const string Conflict = "conflict";

    /// <summary>413: the body is too long.</summary>
    public const string BodyTooLarge = "body_too_large";

    /// <summary>415: the body has another media type than the endpoint takes.</summary>
    public const string UnsupportedMediaType = "unsupported_media_type";

    /// <summary>404: no job with this id.</summary>
    public const string JobNotFound = "job_not_found";

    /// <summary>404: no provider with this address.</summary>
    public const string ProviderNotFound = "provider_not_found";

    /// <summary>404: no such blob for the caller.</summary>
    public const string BlobNotFound = "blob_not_found";

    /// <summary>507: the caller's blobs fill its quota.</summary>
    public const string QuotaExceeded = "quota_exceeded";

    /// <summary>429: too many requests in a short time.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>409: no provider that is online sells this.</summary>
    public const string NoOffer = "no_offer";

    /// <summary>409: the worst case costs more than the most that the order allows.</summary>
    public const string PriceTooHigh = "price_too_high";

    /// <summary>404: no such offer.</summary>
    public const string OfferNotFound = "offer_not_found";

    /// <summary>404: no such quote for the caller.</summary>
    public const string QuoteNotFound = "quote_not_found";

    /// <summary>409: the quote's time has ended; its slot is free again.</summary>
    public const string QuoteExpired = "quote_expired";

    /// <summary>503: more waits than the market keeps waiting.</summary>
    public const string Busy = "busy";

    /// <summary>422: a blob that the specification names was not put.</summary>
    public const string BlobMissing = "blob_missing";

    /// <summary>422: the outputs of this engine cannot be compared byte for byte.</summary>
    public const string VerificationUnsupported = "verification_unsupported";

    /// <summary>Not enough of several runs gave the same output.</summary>
    public const string NoAgreement = "no_agreement";

    /// <summary>Refunded: enough other providers gave another output for the same work.</summary>
    public const string ResultDisagrees = "result_disagrees";

    /// <summary>409: a challenge for a graphics processor that is over, was answered, or was never given.</summary>
    public const string GpuChallengeOver = "gpu_challenge_over";

    /// <summary>422: the results of a challenge, or an attestation, do not show what they should.</summary>
    public const string GpuProofInvalid = "gpu_proof_invalid";

    /// <summary>422: what this engine gives cannot be executed again bit for bit.</summary>
    public const string ReexecutionUnsupported = "reexecution_unsupported";

    /// <summary>409: there are not enough providers that would execute this again.</summary>
    public const string NoCommittee = "no_committee";

    /// <summary>Refunded: a majority of the committee computed another result than the provider's.</summary>
    public const string ResultRefuted = "result_refuted";

    /// <summary>409: the job is not in a state that allows this.</summary>
    public const string WrongState = "wrong_state";

    /// <summary>409: the lease ended or is somebody else's.</summary>
    public const string LeaseLost = "lease_lost";

    /// <summary>422: the receipt does not verify for this job.</summary>
    public const string ReceiptInvalid = "receipt_invalid";

    /// <summary>503: the node does not answer.</summary>
    public const string ChainUnavailable = "chain_unavailable";

    /// <summary>503: the daemon has not reached its wallet or node yet.</summary>
    public const string Starting = "starting";

    /// <summary>402: no payment for this job is in the escrow.</summary>
    public const string PaymentRequired = "payment_required";

    /// <summary>402: the escrow holds less than the price.</summary>
    public const string PaymentInsufficient = "payment_insufficient";

    /// <summary>402: the payment is for another provider.</summary>
    public const string PaymentForeignProvider = "payment_foreign_provider";

    /// <summary>402: the payment is expired or expires too soon.</summary>
    public const string PaymentExpired = "payment_expired";

    /// <summary>402: the payment was used already.</summary>
    public const string PaymentUsed = "payment_used";

    /// <summary>402: the payment is for other terms.</summary>
    public const string PaymentWrongTerms = "payment_wrong_terms";

    /// <summary>400: a member of a message is outside its bounds.</summary>
    public const string MessageMalformed = "message_malformed";

    /// <summary>400: a message's time is too far from now.</summary>
    public const string MessageStale = "message_stale";

    /// <summary>401: a message is not signed by an account that speaks for its sender.</summary>
    public const string SignatureInvalid = "signature_invalid";

    /// <summary>404: the registry has no such agent.</summary>
    public const string AgentUnknown = "agent_unknown";

    /// <summary>409: the receiver has registered no key for messages.</summary>
    public const string NoMessageKey = "no_message_key";

    /// <summary>409: the receiver has another key now.</summary>
    public const string MessageKeyStale = "message_key_stale";

    /// <summary>409: another message with this id was taken from the sender.</summary>
    public const string MessageIdUsed = "message_id_used";

    /// <summary>429: the receiver's inbox takes no more, or no more from this sender.</summary>
    public const string InboxFull = "inbox_full";

    /// <summary>503: the coordinator at which the receiver reads does not answer; nothing was taken.</summary>
    public const string InboxUnreachable = "inbox_unreachable";

    /// <summary>422: a message is sealed for another key.</summary>
    public const string MessageKeyUnknown = "message_key_unknown";

    /// <summary>422: a message does not open.</summary>
    public const string MessageUnreadable = "message_unreadable";

    /// <summary>409: another message with this id was opened before.</summary>
    public const string MessageReplayed = "message_replayed";

    /// <summary>500: the daemon failed; its log says more.</summary>
    public const string Internal = "internal";

    /// <summary>Client side: the answer is neither a success nor a readable problem.</summary>
    public const string UnexpectedAnswer = "unexpected_answer";
}

namespace Aitbc.Provider.Payments;

/// <summary>Terms of payments per call and of the answers that are paid so (specs/provider/payments.md).</summary>
public sealed class PaymentLimits
{
    /// <summary>Seconds between the start and the end of a withdrawal from a channel, 900 to 2,592,000.</summary>
    public int WithdrawDelaySeconds { get; set; } = 3600;

    /// <summary>How often what channels owe is claimed; less than the delay of a withdrawal.</summary>
    public TimeSpan ClaimInterval { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How often new blocks are looked for.</summary>
    public TimeSpan FollowInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How long answers are kept for who asks again.</summary>
    public TimeSpan KeepAnswers { get; set; } = TimeSpan.FromHours(1);

    /// <summary>How long a stream waits for a reader that vanished.</summary>
    public TimeSpan ReaderGrace { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a stream waits for the next voucher.</summary>
    public TimeSpan VoucherWait { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Tokens between two tallies, and of the first slice (1 to 4096).</summary>
    public int TokensPerTally { get; set; } = 32;

    internal string? Problem() => this switch
    {
        { WithdrawDelaySeconds: < 900 or > 2_592_000 } => "WithdrawDelaySeconds must be 900 to 2592000.",
        _ when ClaimInterval <= TimeSpan.Zero || ClaimInterval.TotalSeconds * 2 > WithdrawDelaySeconds =>
            "ClaimInterval must be more than 0 and at most half of the delay of a withdrawal.",
        _ when FollowInterval <= TimeSpan.Zero || KeepAnswers <= TimeSpan.Zero || ReaderGrace <= TimeSpan.Zero
            || VoucherWait <= TimeSpan.Zero => "The times of payments must be more than 0.",
        { TokensPerTally: < 1 or > 4096 } => "TokensPerTally must be 1 to 4096.",
        _ => null,
    };
}

using Aitbc.Coordinator.Access;
using Aitbc.Primitives;

namespace Aitbc.Coordinator;

/// <summary>Configuration of the coordinator role.</summary>
public sealed record CoordinatorOptions
{
    /// <summary>Folder of database and blobs; made with owner-only mode.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// Connection string of a PostgreSQL database that several coordinators share; null = SQLite in the data folder. It
    /// may hold a password: keep the configuration owner-only.
    /// </summary>
    public string? PostgreSql { get; init; }

    /// <summary>The node's JSON-RPC.</summary>
    public Uri NodeUrl { get; init; } = new("http://127.0.0.1:8006");

    /// <summary>The wallet daemon, which holds the evaluator's key.</summary>
    public Uri WalletUrl { get; init; } = new("http://127.0.0.1:8015");

    /// <summary>The wallet daemon's token file.</summary>
    public string WalletTokenFile { get; init; } = "wallet.token";

    /// <summary>Label of the evaluator's account in the wallet daemon; made if there is none.</summary>
    public string AccountLabel { get; init; } = "coordinator";

    /// <summary>
    /// Label of the account in the wallet daemon that pays the fees of payments settled for others, made if there is
    /// none; null = nothing is settled for others. Not the evaluator's.
    /// </summary>
    public string? FacilitatorLabel { get; init; }

    /// <summary>Most payments settled in a minute for one network address.</summary>
    public int SettlementsPerMinute { get; init; } = 120;

    /// <summary>
    /// Fees of a day (UTC), in atto-AIT, beyond which nothing more is settled for others; default 1 AIT.
    /// </summary>
    public UInt256 SettlementFeesPerDay { get; init; } = 1_000_000_000_000_000_000;

    /// <summary>A provider's bond on the chain, in atto-AIT, that ends its probation; default 100 AIT.</summary>
    public UInt256 ProbationBond { get; init; } = UInt256.One * 100_000_000_000 * 1_000_000_000;

    /// <summary>Where clients reach this coordinator; null = as they name it (loopback).</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>
    /// Seconds of silence after which the escrow lets the provider claim its payment; 60 to 2,592,000.
    /// </summary>
    public int EvaluationWindowSeconds { get; init; } = 3600;

    /// <summary>Seconds until a job can be refunded, if the order does not say.</summary>
    public int DefaultExpirySeconds { get; init; } = 3600;

    /// <summary>A lease ends so long after its last heartbeat.</summary>
    public int LeaseSeconds { get; init; } = 30;

    /// <summary>A provider is online so long after it was heard of.</summary>
    public int OnlineSeconds { get; init; } = 60;

    /// <summary>
    /// A paid job that nobody holds is refunded when its provider was not heard of for so long; at least
    /// <see cref="OnlineSeconds"/>.
    /// </summary>
    public int VanishedSeconds { get; init; } = 180;

    /// <summary>So long after a submission a result may come before the job is rejected.</summary>
    public int ResultGraceSeconds { get; init; } = 120;

    /// <summary>Pause between two looks at the chain.</summary>
    public int SettlementIntervalMs { get; init; } = 2000;

    /// <summary>Longest blob.</summary>
    public int MaxBlobBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Most bytes of blobs for one account.</summary>
    public long BlobQuotaBytes { get; init; } = 256L * 1024 * 1024;

    /// <summary>Hours that a token is valid.</summary>
    public int TokenHours { get; init; } = 12;

    /// <summary>Most requests in a minute for one account, and for one address without a token.</summary>
    public int RequestsPerMinute { get; init; } = 6000;

    /// <summary>
    /// Balancers that are believed about whom they pass on (X-Forwarded-For), as addresses or networks with commas;
    /// null = none. Without it everybody behind a balancer shares the limits of its address.
    /// </summary>
    public string? TrustedProxies { get; init; }

    /// <summary>Seconds for which a quote is firm and its slot held.</summary>
    public int QuoteSeconds { get; init; } = 30;

    /// <summary>The same for the quote that a bid in the book gets when it is matched.</summary>
    public int MatchSeconds { get; init; } = 300;

    /// <summary>Seconds after its order in which a quoted job is to be paid; then its slot is given away.</summary>
    public int FundSeconds { get; init; } = 300;

    /// <summary>Pause between two looks at the books: time passes, and freed slots are offered again.</summary>
    public int BookIntervalMs { get; init; } = 5000;

    /// <summary>Most messages of an agent's inbox that are not acknowledged (specs/market/messages.md).</summary>
    public int MessagesPerInbox { get; init; } = 1000;

    /// <summary>Most of them from one sender.</summary>
    public int MessagesPerSender { get; init; } = 100;

    /// <summary>Most MiB of a graphics processor that a challenge fills, 1 to 16,384; half of a small one.</summary>
    public int GpuChallengeMib { get; init; } = 1024;

    /// <summary>Seconds from one challenge of a provider to its next.</summary>
    public int GpuChallengeIntervalSeconds { get; init; } = 300;

    /// <summary>Whether models are sold here, by passing requests to providers (specs/market/gateway.md).</summary>
    public bool GatewayEnabled { get; init; } = true;

    /// <summary>
    /// Whether the gateway connects to providers, and messages are passed on to coordinators, at addresses that are not
    /// of the public network. Whoever may register can then make it ask neighbours of this machine; links need it for
    /// nothing.
    /// </summary>
    public bool GatewayPrivateAddresses { get; init; }

    /// <summary>Requests of one account or address that the gateway serves at once.</summary>
    public int GatewayConcurrent { get; init; } = 256;

    /// <summary>Requests that the gateway serves at once in all.</summary>
    public int GatewayMostConcurrent { get; init; } = 4096;

    /// <summary>Seconds for which the gateway waits for a provider whose connection broke; 1 to 14, since a stream
    /// without a reader is ended after 15.</summary>
    public int GatewayResumeSeconds { get; init; } = 10;

    /// <summary>Seconds between two looks at what providers sell.</summary>
    public int GatewayRefreshSeconds { get; init; } = 15;

    /// <summary>Without values, one of which may be a secret.</summary>
    public override string ToString() => nameof(CoordinatorOptions);

    internal string DatabasePath => Path.Combine(DataDirectory, "coordinator.db");

    internal string BlobDirectory => Path.Combine(DataDirectory, "blobs");

    internal void Validate()
    {
        Require(!string.IsNullOrWhiteSpace(DataDirectory), nameof(DataDirectory), "a folder");
        Require(PostgreSql is null || PostgreSql.Contains('='), nameof(PostgreSql), "a connection string");
        Require(EvaluationWindowSeconds is >= 60 and <= 2_592_000, nameof(EvaluationWindowSeconds), "60 to 2,592,000");
        Require(DefaultExpirySeconds is >= 120 and <= 2_592_000, nameof(DefaultExpirySeconds), "120 to 2,592,000");
        Require(LeaseSeconds is >= 1 and <= 3600, nameof(LeaseSeconds), "1 to 3600");
        Require(OnlineSeconds is >= 1 and <= 3600, nameof(OnlineSeconds), "1 to 3600");
        Require(
            VanishedSeconds >= OnlineSeconds && VanishedSeconds <= 86_400,
            nameof(VanishedSeconds),
            "onlineSeconds to 86,400");
        Require(
            ResultGraceSeconds >= 1 && ResultGraceSeconds < EvaluationWindowSeconds,
            nameof(ResultGraceSeconds),
            "at least 1 and less than the evaluation window");
        Require(SettlementIntervalMs is >= 10 and <= 60_000, nameof(SettlementIntervalMs), "10 to 60,000");
        Require(MaxBlobBytes is >= 1 and <= 64 * 1024 * 1024, nameof(MaxBlobBytes), "1 to 64 MiB");
        Require(BlobQuotaBytes >= MaxBlobBytes, nameof(BlobQuotaBytes), "at least one blob");
        Require(TokenHours is >= 1 and <= 720, nameof(TokenHours), "1 to 720");
        Require(QuoteSeconds is >= 1 and <= 3600, nameof(QuoteSeconds), "1 to 3600");
        Require(MatchSeconds is >= 1 and <= 86_400, nameof(MatchSeconds), "1 to 86,400");
        Require(FundSeconds is >= 1 and <= 86_400, nameof(FundSeconds), "1 to 86,400");
        Require(BookIntervalMs is >= 10 and <= 600_000, nameof(BookIntervalMs), "10 to 600,000");
        Require(MessagesPerInbox is >= 1 and <= 1_000_000, nameof(MessagesPerInbox), "1 to 1,000,000");
        Require(MessagesPerSender is >= 1 and <= 1_000_000, nameof(MessagesPerSender), "1 to 1,000,000");
        Require(GpuChallengeMib is >= 1 and <= 16_384, nameof(GpuChallengeMib), "1 to 16,384");
        Require(
            GpuChallengeIntervalSeconds is >= 60 and <= 86_400, nameof(GpuChallengeIntervalSeconds), "60 to 86,400");
        Require(GatewayConcurrent is >= 1 and <= 65_536, nameof(GatewayConcurrent), "1 to 65,536");
        Require(GatewayMostConcurrent is >= 1 and <= 65_536, nameof(GatewayMostConcurrent), "1 to 65,536");
        Require(GatewayResumeSeconds is >= 1 and <= 14, nameof(GatewayResumeSeconds), "1 to 14");
        Require(GatewayRefreshSeconds is >= 1 and <= 3600, nameof(GatewayRefreshSeconds), "1 to 3600");
        Require(
            FacilitatorLabel is null || (FacilitatorLabel.Length > 0 && FacilitatorLabel != AccountLabel),
            nameof(FacilitatorLabel),
            "a label other than that of the evaluator's account");
        Require(SettlementsPerMinute >= 1, nameof(SettlementsPerMinute), "at least 1");
        Require(Remotes.ParseProxies(TrustedProxies) is not null, nameof(TrustedProxies), "addresses or networks");
        Require(RequestsPerMinute >= 1, nameof(RequestsPerMinute), "at least 1");
    }

    private static void Require(bool holds, string option, string what)
    {
        if (!holds)
            throw new ArgumentException($"Coordinator option {option} must be {what}.");
    }
}

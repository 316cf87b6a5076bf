using System.Text.Json.Serialization;

namespace Aitbc.Wallet;

/// <summary>Settings of the wallet daemon. A password is never a setting: only where to read it from is.</summary>
public sealed record WalletOptions
{
    /// <summary>Folder of the database; made with mode 0700 if it is missing.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>File with the bearer token; null = <c>wallet.token</c> in the data directory.</summary>
    public string? TokenFile { get; init; }

    /// <summary>
    /// File with the password, mode 0600; null = systemd's credential <c>aitbc-wallet-password</c> where there is one,
    /// else <c>wallet.password</c> in the data directory.
    /// </summary>
    public string? PasswordFile { get; init; }

    /// <summary>Open file descriptor to read the password from; it wins over the file.</summary>
    public int? PasswordFileDescriptor { get; init; }

    /// <summary>
    /// True: without a password file the password is asked for at the terminal that the daemon was started at. Set by
    /// the program that has the terminal, not by a configuration.
    /// </summary>
    [JsonIgnore]
    public bool AskForPassword { get; init; }

    /// <summary>True: a missing password file is made with a random password (devnet). False: it is an error.</summary>
    public bool CreatePasswordFile { get; init; }

    /// <summary>
    /// Names a request may carry in its Host header, without port: the defence against DNS rebinding.
    /// </summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = ["localhost", "127.0.0.1", "[::1]"];

    /// <summary>
    /// Origins whose pages may use the wallet, such as <c>https://app.example.org</c>; every other request with an
    /// Origin header is refused. Default: none.
    /// </summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>
    /// Largest request body in bytes. Default 512 KiB: a 128 KiB transaction in hex with room to spare.
    /// </summary>
    public long MaxBodyBytes { get; init; } = 512 * 1024;

    /// <summary>Most accounts the wallet holds; creating more is refused. Default 100,000.</summary>
    public int MaxAccounts { get; init; } = 100_000;

    /// <summary>Argon2id memory in KiB for a new vault. Default 64 MiB.</summary>
    public long Argon2MemoryKiB { get; init; } = 64 * 1024;

    /// <summary>Argon2id passes for a new vault. Default 3.</summary>
    public long Argon2Passes { get; init; } = 3;

    /// <summary>How long a request for the owner's approval stays open. Default 1 h.</summary>
    public TimeSpan ApprovalTime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Most budgets the wallet holds; creating more is refused. Default 10,000.</summary>
    public int MaxBudgets { get; init; } = 10_000;

    /// <summary>The wallet locks itself when nothing was signed for so long; null = never.</summary>
    public TimeSpan? AutoLock { get; init; }

    /// <summary>The node that is asked what became of signed spends; null = none is asked.</summary>
    public Uri? NodeUrl { get; init; }

    /// <summary>Signers elsewhere whose accounts can be taken in. Default: none.</summary>
    public IReadOnlyList<RemoteSignerOptions> Signers { get; init; } = [];

    /// <summary>How often it is asked. Default 1 s.</summary>
    public TimeSpan ReconcileInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a signed payment is valid at most, whatever the server wants. Default 1 h.</summary>
    public TimeSpan MaxPaymentLifetime { get; init; } = TimeSpan.FromHours(1);

    /// <summary>
    /// The longest delay of a channel's withdrawal; channels that are left more slowly are not opened. Default 1 day.
    /// </summary>
    public TimeSpan MaxChannelDelay { get; init; } = TimeSpan.FromDays(1);

    /// <summary>Most payment channels the wallet knows; opening more is refused. Default 10,000.</summary>
    public int MaxChannels { get; init; } = 10_000;

    /// <summary>How often the chain is asked about a channel where nothing happens. Default 1 min.</summary>
    public TimeSpan ChannelInterval { get; init; } = TimeSpan.FromMinutes(1);

    internal string DatabasePath => Path.Combine(DataDirectory, "wallet.db");

    internal string EffectiveTokenFile => TokenFile ?? Path.Combine(DataDirectory, "wallet.token");

    internal string EffectivePasswordFile => PasswordFile ?? Path.Combine(DataDirectory, "wallet.password");
}

namespace Aitbc.Ledger.Contracts;

/// <summary>
/// What the work of system contracts costs, in gas (specs/contracts/gas.md). The figures are the EVM's of Berlin where
/// it has the operation, so that estimators and habits hold: whoever makes the state grow pays for it, and every loop
/// is bounded by the gas of its call. Nothing is refunded for clearing.
/// </summary>
internal static class GasSchedule
{
    /// <summary>Finding the function and decoding its arguments.</summary>
    public const ulong Dispatch = 700;

    /// <summary>A 32-byte word of call data or of a result (EVM: copy).</summary>
    public const ulong Word = 3;

    /// <summary>First read of a slot in a transaction (EIP-2929).</summary>
    public const ulong ColdLoad = 2_100;

    /// <summary>Reading a slot again, or storing what it has already (EIP-2929).</summary>
    public const ulong WarmLoad = 100;

    /// <summary>A slot goes from zero to a value; on top of its read (EIP-2929).</summary>
    public const ulong StoreNew = 20_000;

    /// <summary>A slot's value changes; on top of its read (EIP-2929).</summary>
    public const ulong StoreChange = 2_900;

    /// <summary>Reading an account (EIP-2929, cold).</summary>
    public const ulong AccountRead = 2_600;

    /// <summary>Calling another contract (EIP-2929, cold).</summary>
    public const ulong NestedCall = 2_600;

    /// <summary>A contract runs itself once more for the same caller (EIP-2929, warm).</summary>
    public const ulong SelfCall = 100;

    /// <summary>Moving coins (Yellow Paper, G_callvalue).</summary>
    public const ulong CoinMove = 9_000;

    /// <summary>Moving coins to an account that the tree does not have (Yellow Paper, G_newaccount).</summary>
    public const ulong NewAccount = 25_000;

    /// <summary>An event, and the same again for each topic (Yellow Paper, G_log and G_logtopic).</summary>
    public const ulong Log = 375;

    /// <summary>A byte of an event's data (Yellow Paper, G_logdata).</summary>
    public const ulong LogByte = 8;

    /// <summary>Recovering a signer (EVM: ecrecover).</summary>
    public const ulong Recover = 3_000;

    /// <summary>Checking an Ed25519 signature: it takes 1.14 times as long as recovering a signer.</summary>
    public const ulong Ed25519 = 3_500;

    /// <summary>A Keccak-256 beyond those of slots (Yellow Paper, G_keccak256).</summary>
    public const ulong Hash = 30;

    /// <summary>A 32-byte word that is hashed (Yellow Paper, G_keccak256word).</summary>
    public const ulong HashWord = 6;

    /// <summary>Words of so many bytes.</summary>
    public static ulong Words(int bytes) => ((ulong)bytes + 31) / 32;
}

namespace Aitbc.Wallet.Keys;

/// <summary>The vault is locked: no key can be opened. The gate answers it as <c>wallet_locked</c>.</summary>
internal sealed class WalletLockedException() : Exception("The wallet is locked.");

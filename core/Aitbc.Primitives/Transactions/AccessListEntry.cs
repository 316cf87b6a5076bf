namespace Aitbc.Primitives.Transactions;

/// <summary>An address and storage keys a transaction announces (EIP-2930).</summary>
/// <param name="Address">The account.</param>
/// <param name="StorageKeys">Its keys.</param>
public sealed record AccessListEntry(Address Address, IReadOnlyList<Hash256> StorageKeys);

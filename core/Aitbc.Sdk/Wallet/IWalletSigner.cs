using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Sdk.Wallet;

/// <summary>
/// Whoever holds keys and signs with them: the wallet daemon (<see cref="WalletClient"/>) or a key in this process
/// (<see cref="LocalSigner"/>). The key itself never crosses this seam.
/// </summary>
public interface IWalletSigner
{
    /// <summary>Signs a transaction of type 0 (EIP-155), 1 (EIP-2930) or 2 (EIP-1559).</summary>
    /// <param name="from">The account; must be held by this signer.</param>
    /// <param name="transaction">The unsigned transaction; its chain id is required.</param>
    /// <param name="cancel">Stops the wait.</param>
    Task<Transaction> SignTransactionAsync(Address from, Transaction transaction, CancellationToken cancel = default);

    /// <summary>Signs bytes as <c>personal_sign</c> does (EIP-191 version 0x45).</summary>
    Task<Signature> SignMessageAsync(
        Address from, ReadOnlyMemory<byte> message, CancellationToken cancel = default);

    /// <summary>Signs typed data (EIP-712).</summary>
    /// <param name="from">The account; must be held by this signer.</param>
    /// <param name="typedData">The object <c>{types, primaryType, domain, message}</c> of eth_signTypedData_v4.</param>
    /// <param name="cancel">Stops the wait.</param>
    Task<Signature> SignTypedDataAsync(Address from, JsonElement typedData, CancellationToken cancel = default);
}

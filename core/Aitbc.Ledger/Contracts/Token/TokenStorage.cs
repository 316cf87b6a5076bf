using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Token;

/// <summary>
/// The slots of the token. Slot 0 would hold the balances; they are the accounts' own and nothing is written there.
/// </summary>
internal static class TokenStorage
{
    private static readonly Hash256 Allowances = SolidityLayout.Slot(1);
    private static readonly Hash256 Nonces = SolidityLayout.Slot(2);
    private static readonly Hash256 Authorizations = SolidityLayout.Slot(3);

    public static Hash256 Allowance(Address owner, Address spender) =>
        SolidityLayout.Mapping(spender, SolidityLayout.Mapping(owner, Allowances));

    /// <summary>How many permits an owner has used.</summary>
    public static Hash256 Nonce(Address owner) => SolidityLayout.Mapping(owner, Nonces);

    /// <summary>1 when an authorization was used or canceled.</summary>
    public static Hash256 Authorization(Address authorizer, Hash256 nonce) =>
        SolidityLayout.Mapping(nonce, SolidityLayout.Mapping(authorizer, Authorizations));
}

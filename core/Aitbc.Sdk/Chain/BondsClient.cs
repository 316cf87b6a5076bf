using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Sdk.Chain;

/// <summary>
/// Reads what providers staked on their word (specs/contracts/bonds.md). Errors are those of
/// <see cref="EscrowClient"/>.
/// </summary>
public sealed class BondsClient
{
    private static readonly AbiFunction BondOf = AbiFunction.Parse("bondOf(address)(uint256)");
    private readonly ContractCalls calls;

    /// <summary>Makes a client.</summary>
    /// <param name="chain">The node.</param>
    public BondsClient(ChainClient chain) => calls = new ContractCalls(chain, null, SystemContractAddresses.Bonds);

    /// <summary>What a provider has bonded, in atto-AIT; without what it is taking back.</summary>
    public async Task<UInt256> BondAsync(Address provider, CancellationToken cancel = default) =>
        (UInt256)(await calls.ReadAsync(BondOf, cancel, provider).ConfigureAwait(false))[0]!;
}

using Aitbc.Coordinator.Payments;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Facilitator;

/// <summary>
/// The account that pays the fees of what is settled for others. It is not the evaluator's: transactions of one account
/// wait for each other, and judging jobs must not wait for strangers.
/// </summary>
internal sealed class RelayerAccount(IEvaluatorAccount wallet, CoordinatorOptions options)
{
    private Tuple<Address>? _known;

    public async Task<Address> AddressAsync(CancellationToken cancel)
    {
        if (Volatile.Read(ref _known) is { } known)
            return known.Item1;
        var address = await wallet.AddressAsync(options.FacilitatorLabel!, cancel);
        Volatile.Write(ref _known, Tuple.Create(address));
        return address;
    }
}

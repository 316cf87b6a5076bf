using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;

namespace Aitbc.Coordinator.Payments;

/// <summary>
/// Which market this is, once wallet and node have said so. Until then nothing is quoted or signed.
/// </summary>
internal sealed class MarketSelf
{
    private MarketInfo? info;

    public bool IsKnown => Volatile.Read(ref info) is not null;

    public MarketInfo Known => Volatile.Read(ref info) ?? throw Refusal.Starting();

    public Address Evaluator => Known.Evaluator;

    public void Set(MarketInfo known) => Volatile.Write(ref info, known);
}

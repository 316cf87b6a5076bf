using Aitbc.Provider.Errors;
using Aitbc.Provider.Self;

namespace Aitbc.Provider.Selling;

/// <summary>Whether anything is sold now, and by whom.</summary>
internal sealed class SaleEntrance(ProviderSelf self, Reception reception)
{
    /// <summary>Who sells. Throws <see cref="SaleRefusedException"/> until that is known.</summary>
    public ProviderIdentity Seller() => self.Identity ?? throw new SaleRefusedException(
        503, ProviderCodes.Starting, "The provider has not reached its wallet or node yet.")
    {
        RetryAfter = TimeSpan.FromSeconds(1),
    };

    /// <summary>Throws <see cref="SaleRefusedException"/> if there is no room for the order.</summary>
    public void Admit(SaleOrder order)
    {
        if (reception.Closed() is { } closed)
            throw new SaleRefusedException(503, closed.Code, closed.Sentence) { RetryAfter = closed.RetryAfter };
        order.Ware.Admit();
    }
}

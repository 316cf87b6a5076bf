using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Reconciling;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Wallet.Payments;

/// <summary>Everything that payments of x402 need.</summary>
internal static class PaymentServices
{
    public static IServiceCollection AddPayments(this IServiceCollection services)
    {
        services.AddSingleton<PayBudget>();
        services.AddSingleton<ChannelOpening>();
        services.AddSingleton<ChannelPayment>();
        services.AddSingleton<PayDesk>();
        services.AddSingleton<PaymentResults>();
        services.AddSingleton<ChannelStore>();
        services.AddSingleton<PayEndpoints>();
        services.AddSingleton<ReconcileSignal>();
        services.AddSingleton<ChannelTroubles>();
        services.AddSingleton<ChannelWatch>();
        services.AddSingleton<ChainSigner>();
        services.AddSingleton<ChannelCloser>();
        return services;
    }
}

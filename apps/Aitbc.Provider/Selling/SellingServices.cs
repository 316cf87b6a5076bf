using Aitbc.Provider.Answers;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Payments;
using Aitbc.Provider.Payments.Allowance;
using Aitbc.Provider.Payments.Channels;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Provider.Payments.Transfers;
using Aitbc.Provider.Selling.Programs;
using Aitbc.Sdk.X402;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Provider.Selling;

/// <summary>Everything that sells answers by the call.</summary>
internal static class SellingServices
{
    public static void Add(IServiceCollection services, ProviderOptions options)
    {
        services.AddSingleton(s => new PaymentJournal(
            options.DataDirectory, options.Payments.KeepAnswers, s.GetRequiredService<EarningBook>(),
            s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<AnswerStore>();
        services.AddSingleton<PaymentOffers>();
        services.AddSingleton<TransferChain>();
        services.AddSingleton<TransferTill>();
        services.AddSingleton<ChannelChain>();
        services.AddSingleton<ChannelTabs>();
        services.AddSingleton<FreeAllowance>();
        services.AddSingleton<ChannelTill>();
        services.AddSingleton<ChannelClaims>();
        services.AddSingleton<ChannelRefunds>();
        services.AddSingleton<ChannelWatch>();
        services.AddSingleton<PaymentDesk>();
        services.AddSingleton<ModelShelf>();
        services.AddSingleton<SaleRecords>();
        services.AddSingleton<RecentTokens>();
        services.AddSingleton<SaleReceipts>();
        services.AddSingleton(s => new AutoPrices(options, s.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ProgramTools>();
        services.AddSingleton<SaleBooks>();
        services.AddSingleton<SaleEntrance>();
        services.AddSingleton<SalesDesk>();
        services.AddHostedService(s => s.GetRequiredService<AnswerStore>());
        services.AddHostedService(s => s.GetRequiredService<SaleReceipts>());
        services.AddHostedService(s => s.GetRequiredService<ModelShelf>());
        services.AddHostedService(s => s.GetRequiredService<ChannelWatch>());
        services.AddHostedService<SaleEnding>();
    }
}

using Aitbc.Wallet.Access;
using Aitbc.Wallet.Accounts;
using Aitbc.Wallet.Auditing;
using Aitbc.Wallet.Backups;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.EthereumRpc;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Messages;
using Aitbc.Wallet.Payments;
using Aitbc.Wallet.Reconciling;
using Aitbc.Wallet.Signing;
using Aitbc.Wallet.Signing.Remote;
using Aitbc.Wallet.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Aitbc.Wallet;

/// <summary>The wallet role's public face.</summary>
public static class WalletServices
{
    private static readonly byte[] Healthy = "{\"status\":\"ok\",\"role\":\"wallet\"}"u8.ToArray();

    /// <summary>Registers the wallet. Its start throws <see cref="WalletStartException"/> when it refuses.</summary>
    public static IServiceCollection AddWallet(this IServiceCollection services, WalletOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(TimeProvider.System);
        services.AddRouting();
        services.AddSingleton(options);
        services.AddPooledDbContextFactory<WalletDbContext>(builder => WalletDatabase.Configure(builder, options));
        services.AddSingleton<OpenContexts>();
        services.AddSingleton<Vault>();
        services.AddSingleton<PasswordDoor>();
        services.AddSingleton<ExportEndpoint>();
        services.AddSingleton<AccountKeys>();
        services.AddSingleton<AccountStore>();
        services.AddSingleton<RemoteSigners>();
        services.AddSingleton<RemoteEndpoints>();
        services.AddSingleton<AccountSigner>();
        services.AddSingleton<AuthorizerKeys>();
        services.AddSingleton<BudgetCache>();
        services.AddSingleton<BudgetStore>();
        services.AddSingleton<LogSeal>();
        services.AddSingleton<SpendLedger>();
        services.AddSingleton<SigningDesk>();
        services.AddSingleton<SignerMethods>();
        services.AddSingleton<RpcDoor>();
        services.AddSingleton<AccessToken>();
        services.AddSingleton<WalletBody>();
        services.AddSingleton<BackupEndpoint>();
        services.AddSingleton<RestoredMark>();
        services.AddSingleton<RestoredEndpoints>();
        services.AddSingleton<TokenGuard>();
        services.AddSingleton<OriginRule>();
        services.AddSingleton<WalletGate>();
        services.AddSingleton<InstanceLock>();
        services.AddSingleton<WalletChain>();
        services.AddSingleton<Reconciler>();
        services.AddPayments();
        services.AddAudit();
        MessageEndpoints.Add(services);
        services.AddHostedService<WalletStart>();
        services.AddHostedService(s => s.GetRequiredService<Reconciler>());
        services.AddHostedService<WalCheckpoints>();
        services.AddSingleton<Housekeeping>();
        services.AddHostedService(s => s.GetRequiredService<Housekeeping>());
        return services;
    }

    /// <summary>Puts the wallet's gate and endpoints on an application that serves nothing else.</summary>
    public static WebApplication MapWallet(this WebApplication app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var gate = app.Services.GetRequiredService<WalletGate>();
        var bodies = app.Services.GetRequiredService<WalletBody>();
        app.Use(next => http => gate.PassAsync(http, next));
        app.UseRouting();
        app.MapGet("/health", (RequestDelegate)(http =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.Body.WriteAsync(Healthy, http.RequestAborted).AsTask();
        }));
        app.MapAccounts(app.Services.GetRequiredService<AccountStore>(), bodies);
        app.Services.GetRequiredService<ExportEndpoint>().Map(app);
        app.Services.GetRequiredService<RemoteEndpoints>().Map(app);
        app.MapLock(
            app.Services.GetRequiredService<Vault>(), app.Services.GetRequiredService<PasswordDoor>(), bodies);
        app.Services.GetRequiredService<BackupEndpoint>().Map(app);
        app.Services.GetRequiredService<RestoredEndpoints>().Map(app);
        app.Services.GetRequiredService<RpcDoor>().Map(app);
        app.MapSigning(app.Services.GetRequiredService<SigningDesk>(), bodies);
        app.MapBudgets(
            app.Services.GetRequiredService<BudgetStore>(), app.Services.GetRequiredService<SpendLedger>(), bodies);
        app.Services.GetRequiredService<PayEndpoints>().Map(app);
        app.MapAudit(app.Services.GetRequiredService<LogAudit>());
        app.Services.GetRequiredService<MessageEndpoints>().Map(app);
        return app;
    }
}

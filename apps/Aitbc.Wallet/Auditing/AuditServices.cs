using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Wallet.Auditing;

/// <summary>GET /v1/audit, for the owner.</summary>
internal static class AuditServices
{
    private const int LongestHead = 100;

    public static IServiceCollection AddAudit(this IServiceCollection services)
    {
        services.AddSingleton<LineCheck>();
        services.AddSingleton<ChainCheck>();
        services.AddSingleton<LogAudit>();
        return services;
    }

    public static void MapAudit(this IEndpointRouteBuilder routes, LogAudit audit) =>
        routes.MapGet("/v1/audit", Caller.OwnerOnly(http => AuditAsync(http, audit)));

    private static async Task AuditAsync(HttpContext http, LogAudit audit)
    {
        var head = http.Request.Query["head"].ToString();
        if (head.Length > LongestHead)
        {
            await http.RefuseAsync(Refusal.InvalidRequest("head is NUMBER:SEAL, as an audit told it."));
            return;
        }

        await http.AnswerAsync(
            200,
            await audit.RunAsync(head.Length == 0 ? null : head, http.RequestAborted),
            WalletJson.Default.SpendAudit);
    }
}

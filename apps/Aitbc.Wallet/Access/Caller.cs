using Aitbc.Wallet.Budgets;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Wallet.Access;

/// <summary>Whose token a request carries: the owner's, or that of one budget.</summary>
/// <param name="Budget">Null = the owner.</param>
internal sealed record Caller(Budget? Budget)
{
    public static Caller Owner { get; } = new((Budget?)null);

    public bool IsOwner => Budget is null;

    /// <summary>Who passed the gate.</summary>
    public static Caller Of(HttpContext http) => http.Features.Get<Caller>()
        ?? throw new InvalidOperationException("The request did not pass the gate.");

    /// <summary>True for the owner, and for a budget about itself and its descendants.</summary>
    public bool Rules(Budget other) => Budget is null || other.Line.Any(b => b.Id == Budget.Id);

    /// <summary>Wraps an endpoint that only the owner may use.</summary>
    public static RequestDelegate OwnerOnly(RequestDelegate endpoint) => http =>
        Of(http).IsOwner ? endpoint(http) : http.RefuseAsync(BudgetRefusals.OwnerOnly);
}

using System.Text.Json;
using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Discovery;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Payments;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Facilitator;

/// <summary>
/// Verifies and settles payments of x402 for servers that have no node of their own (specs/market/facilitator.md).
/// </summary>
internal static class FacilitatorEndpoints
{
    /// <summary>Longest body: a payment's header, and the offer again.</summary>
    private const long MostBytes = 128 * 1024;

    public static void MapFacilitator(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/x402").WithTags("x402").WithMetadata(new RequestSizeLimitAttribute(MostBytes));
        group.MapGet("/supported", SupportedAsync).WithName("X402Supported");
        group.MapPost("/verify", VerifyAsync).WithName("X402Verify");
        group.MapPost("/settle", SettleAsync).WithName("X402Settle");
    }

    private static async Task<Ok<SupportedAnswer>> SupportedAsync(
        HttpContext http, CoordinatorOptions options, MarketSelf self, RelayerAccount relayer)
    {
        CheckServed(options);
        var network = $"eip155:{self.Known.ChainId}";
        var signer = await relayer.AddressAsync(http.RequestAborted);
        return TypedResults.Ok(new SupportedAnswer(
            [
                new SupportedKind(2, PaymentOffer.Exact, network),
                new SupportedKind(2, PaymentOffer.BatchSettlement, network),
            ],
            ["bazaar"],
            new Dictionary<string, IReadOnlyList<string>> { ["eip155:*"] = [signer.ToString()] }));
    }

    private static async Task<Ok<VerifyAnswer>> VerifyAsync(
        FacilitatorRequest body, HttpContext http, CoordinatorOptions options, TransferVerifying verifying,
        ChannelVerifying channels)
    {
        CheckServed(options);
        if (IsOfChannel(body))
        {
            var found = await channels.LookAsync(body, http.RequestAborted);
            return TypedResults.Ok(new VerifyAnswer(
                found.Fault is null,
                found.Fault,
                found.Payer,
                found is { Voucher: { } voucher, Holding: { } holding }
                    ? ChannelSettling.StateOf(voucher.ChannelId, holding) : null));
        }

        var verdict = await verifying.LookAsync(body, http.RequestAborted);
        var fault = verdict.Fault ?? (verdict.IsUsed ? PaymentCodes.ExactNonceUsed : null);
        return TypedResults.Ok(new VerifyAnswer(fault is null, fault, verdict.Payer));
    }

    private static async Task<Ok<SettleAnswer>> SettleAsync(
        FacilitatorRequest body, HttpContext http, CoordinatorOptions options, SettleGate settles, Remotes remotes,
        TransferSettling settling, ChannelSettling channels, DiscoveryShelf discovered)
    {
        CheckServed(options);
        settles.Pass(remotes.Of(http));
        var answer = IsOfChannel(body)
            ? await channels.SettleAsync(body, http.RequestAborted)
            : await settling.SettleAsync(body, http.RequestAborted);
        // Coins have moved for it: that is what a place in the list costs.
        if (answer is { Success: true, Transaction.Length: > 0 } && PaymentReader.Read(body.PaymentPayload) is not null)
            Discover(body, discovered);
        return TypedResults.Ok(answer);
    }

    private static void Discover(FacilitatorRequest body, DiscoveryShelf discovered)
    {
        var payment = body.PaymentPayload;
        try
        {
            if (payment.TryGetProperty("resource", out var resource)
                && payment.TryGetProperty("extensions", out var extensions)
                && DiscoveryShelf.Text(resource, "url") is { } url)
                discovered.Put(url, [body.PaymentRequirements], resource, extensions);
        }
        catch (InvalidOperationException)
        {
            // A text that is none, half a surrogate pair: it is not listed.
        }
    }

    private static bool IsOfChannel(FacilitatorRequest body) =>
        body.PaymentRequirements.ValueKind == JsonValueKind.Object
        && TransferVerifying.Says(body.PaymentRequirements, "scheme", PaymentOffer.BatchSettlement);

    private static void CheckServed(CoordinatorOptions options)
    {
        if (options.FacilitatorLabel is null)
            throw Refusal.Of(
                404, ProblemCodes.NotFound, "This coordinator settles no payments for others.",
                "Its operator sets facilitatorLabel.");
    }
}

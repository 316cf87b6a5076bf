using Aitbc.Primitives;
using Aitbc.Provider.Doors.OpenAi;
using Aitbc.Provider.Errors;
using Aitbc.Provider.Payments;
using Aitbc.Provider.Payments.Channels;
using Aitbc.Provider.Self;
using Aitbc.Provider.Selling;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors;

/// <summary>
/// GET of a paid endpoint sells nothing: it is where stock clients ask for what they have left in their channel.
/// </summary>
internal static class RefundDoor
{
    private static readonly string[] Paths =
        ["/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/api/chat", "/api/generate", "/api/embed",
            Programs.ProgramDoor.Path, A2a.A2aDoor.Path];

    public static void Map(IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("").AddEndpointFilter<OpenAiErrors>();
        foreach (var path in Paths)
            group.MapGet(path, RefundAsync);
    }

    private static async Task<IResult> RefundAsync(
        HttpContext http, ProviderSelf self, PaymentOffers offers, ChannelRefunds refunds)
    {
        var me = self.Identity ?? throw new SaleRefusedException(
            503, ProviderCodes.Starting, "The provider has not reached its wallet or node yet.")
        {
            RetryAfter = TimeSpan.FromSeconds(1),
        };
        var from = http.Request;
        var request = new PaidRequest(
            PaidRequest.HashOf(from.Method, from.Path, default), $"{from.Scheme}://{from.Host}{from.Path}",
            UInt256.One, UInt256.One);
        try
        {
            if (from.Headers[X402Headers.Signature].ToString() is not { Length: > 0 } header)
                throw new SaleRefusedException(
                    402, SaleRefusedException.PaymentRequired, "Here a channel is given back; POST buys.")
                {
                    Required = offers.Required(request, me, null, null),
                };
            if (PaymentReader.Read(header) is not PresentedVoucher { IsRefund: true } payment)
                throw new PaymentRefusedException(PaymentCodes.ChannelPayloadType);
            http.Response.Headers[X402Headers.Response] =
                await refunds.RefundAsync(payment, me, http.RequestAborted);
            return Results.Content("{}", "application/json");
        }
        catch (PaymentRefusedException refused)
        {
            throw new SaleRefusedException(
                402, SaleRefusedException.PaymentRequired, $"The refund was refused: {refused.Code}.")
            {
                Required = offers.Required(request, me, refused.Code, refused.Correction),
            };
        }
        catch (Exception e) when (e is ChainUnavailableException or TransactionOutcomeUnknownException
            or HttpRequestException or AitbcException)
        {
            throw new SaleRefusedException(503, ProblemCodes.ChainUnavailable, "The chain cannot be asked now.")
            {
                RetryAfter = TimeSpan.FromSeconds(1),
            };
        }
    }
}

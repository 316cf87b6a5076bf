using Aitbc.Provider.Doors.Rpc;
using Aitbc.Provider.Self;
using Aitbc.Provider.Selling;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>The door for agents of A2A: a card that says what is sold, and tasks (specs/provider/a2a.md).</summary>
internal static class A2aDoor
{
    public const string Path = "/a2a";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/.well-known/agent-card.json", CardAsync);
        routes.MapPost(Path, AnswerAsync);
    }

    private static async Task<IResult> CardAsync(HttpContext http, ModelShelf shelf, ProviderSelf self)
    {
        var models = await shelf.AllAsync(http.RequestAborted);
        var url = $"{http.Request.Scheme}://{http.Request.Host}{Path}";
        http.Response.Headers.CacheControl = "public, max-age=60";
        return Results.Text(AgentCard.Describe(models, self.Identity, url).ToJsonString(), "application/json");
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, A2aServer server)
    {
        RpcMessage? message = null;
        try
        {
            message = await RpcMessage.ReadAsync(http);
            return await server.AnswerAsync(http, message);
        }
        catch (RpcRefusedException refused)
        {
            return RpcAnswers.Refused(refused, message?.Id);
        }
        catch (Exception e) when (PaidBody.Refusal(e) is not null && !http.Response.HasStarted)
        {
            var refused = PaidBody.Refusal(e)!;
            RefusalHeaders.Write(http, refused);
            return RpcAnswers.Refused(A2aErrors.Of(refused, IsTransfer(http.Request)), message?.Id);
        }
    }

    // A transfer moves coins before an answer is given; a voucher does not.
    private static bool IsTransfer(HttpRequest request) =>
        request.Headers[X402Headers.Signature].ToString() is { Length: > 0 } header
        && PaymentReader.Read(header) is PresentedTransfer;
}

using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors.Ollama;

/// <summary>Refusals in the form that Ollama's clients read.</summary>
internal sealed class OllamaErrors : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (PaidBody.Refusal(e) is not null && !context.HttpContext.Response.HasStarted)
        {
            var refused = PaidBody.Refusal(e)!;
            RefusalHeaders.Write(context.HttpContext, refused);
            return Results.Json(
                new Dictionary<string, string> { ["error"] = refused.Message, ["code"] = refused.Code },
                DoorJson.Default.DictionaryStringString, "application/json", refused.Status);
        }
    }
}

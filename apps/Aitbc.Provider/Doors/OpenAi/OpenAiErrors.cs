using System.Buffers;
using System.Text.Json;
using Aitbc.Provider.Selling;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors.OpenAi;

/// <summary>Refusals in the form that OpenAI's clients read.</summary>
internal sealed class OpenAiErrors : IEndpointFilter
{
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (Exception e) when (PaidBody.Refusal(e) is not null && !context.HttpContext.Response.HasStarted)
        {
            await AnswerAsync(context.HttpContext, PaidBody.Refusal(e)!);
            return Results.Empty;
        }
    }

    public static void Write(Utf8JsonWriter json, int status, string code, string sentence)
    {
        json.WriteStartObject("error");
        json.WriteString("message", sentence);
        json.WriteString("type", status >= 500 ? "server_error" : "invalid_request_error");
        json.WriteNull("param");
        json.WriteString("code", code);
        json.WriteEndObject();
    }

    private static async Task AnswerAsync(HttpContext http, SaleRefusedException refused)
    {
        RefusalHeaders.Write(http, refused);
        // Clients ask again on their own after 409, 429 and 5xx; a payment must not be shown again without a reason.
        http.Response.Headers["x-should-retry"] = refused.RetryAfter is null ? "false" : "true";
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            Write(json, refused.Status, refused.Code, refused.Message);
            json.WriteEndObject();
        }

        http.Response.ContentType = "application/json";
        await http.Response.Body.WriteAsync(buffer.WrittenMemory, http.RequestAborted);
    }
}

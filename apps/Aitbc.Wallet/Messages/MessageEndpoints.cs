using System.Text.Json.Serialization.Metadata;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Errors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Aitbc.Wallet.Messages;

/// <summary>/v1/messages: the account's key, and the sealing and opening of messages of agents.</summary>
internal sealed class MessageEndpoints(MessageDesk desk, WalletBody bodies)
{
    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<MessageKeys>();
        services.AddSingleton<OpenedMessages>();
        services.AddSingleton<MessageDesk>();
        services.AddSingleton<MessageEndpoints>();
    }

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/messages/key", Answering(
            WalletJson.Default.MessageKeyRequest,
            (caller, body, cancel) => desk.KeyAsync(caller, body.Account, cancel),
            WalletJson.Default.MessageKey));
        routes.MapPost("/v1/messages/seal", Answering(
            WalletJson.Default.SealMessageRequest, desk.SealAsync, WalletJson.Default.AgentMessage));
        routes.MapPost("/v1/messages/open", Answering(
            WalletJson.Default.OpenMessageRequest, desk.OpenAsync, WalletJson.Default.OpenedMessage));
    }

    private RequestDelegate Answering<TBody, TAnswer>(
        JsonTypeInfo<TBody> type,
        Func<Caller, TBody, CancellationToken, Task<Verdict<TAnswer>>> act,
        JsonTypeInfo<TAnswer> answer)
        where TBody : class
        where TAnswer : class => async http =>
        {
            var body = await bodies.ReadAsync(http, type);
            var verdict = body.Value is { } request
                ? await act(Caller.Of(http), request, http.RequestAborted)
                : body.Refusal!;
            if (verdict.Value is { } value)
                await http.AnswerAsync(200, value, answer);
            else
                await http.RefuseAsync(verdict.Refusal!);
        };
}

using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Errors;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Messages;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Aitbc.Coordinator.Messages;

/// <summary>Messages between agents (specs/market/messages.md).</summary>
internal static class MessageEndpoints
{
    private const int LongestWait = 30;
    private const int MostTopics = 16;
    private const int MostAcknowledged = 100;
    private const long MostBytes = 128 * 1024;

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<AgentBook>();
        services.AddSingleton<InboxSignals>();
        services.AddSingleton<InboxPlaces>();
        services.AddSingleton<PostDesk>();
        services.AddSingleton<InboxDesk>();
        services.AddHostedService<InboxSweep>();
    }

    public static void MapMessages(this IEndpointRouteBuilder routes)
    {
        var group = routes.MapGroup("/v1/messages").WithTags("messages")
            .WithMetadata(new RequestSizeLimitAttribute(MostBytes));
        group.MapPost("", PostAsync).WithName("PostMessage");
        group.MapGet("", ReadAsync).WithName("Inbox").WithScope(AccessScope.Messages);
        group.MapPost("/ack", AcknowledgeAsync).WithName("AcknowledgeMessages").WithScope(AccessScope.Messages);
    }

    private static async Task<Results<Created<MessageReceipt>, Ok<MessageReceipt>>> PostAsync(
        AgentMessage body, HttpRequest request, PostDesk desk, CancellationToken cancel)
    {
        var isPassedOn = request.Headers.ContainsKey(InboxPlaces.PassedHeader);
        var (receipt, isNew) = await desk.PostAsync(body, request.Host.Value ?? "", isPassedOn, cancel);
        return isNew ? TypedResults.Created((string?)null, receipt) : TypedResults.Ok(receipt);
    }

    private static async Task<Ok<InboxPage>> ReadAsync(
        Caller caller,
        InboxDesk desk,
        InboxSignals signals,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        ulong agent,
        CancellationToken cancel,
        string? topic = null,
        ulong? sender = null,
        long after = 0,
        int limit = 20,
        int waitSeconds = 0)
    {
        var filter = new InboxFilter(TopicsOf(topic), SenderOf(sender), after, PageLimit.Check(limit));
        if (waitSeconds is < 0 or > LongestWait)
            throw Refusal.Invalid($"waitSeconds is 0 to {LongestWait}.");
        await desk.CheckAsync(caller.Account, agent, cancel);
        if (waitSeconds == 0)
            return TypedResults.Ok(await desk.ListAsync(agent, filter, cancel));
        using var wait = signals.Enter(agent);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancel, lifetime.ApplicationStopping);
        var over = Task.Delay(TimeSpan.FromSeconds(waitSeconds), time, ending.Token);
        while (true)
        {
            var woken = wait.Next();
            var page = await desk.ListAsync(agent, filter, cancel);
            if (page.Messages.Count > 0 || await Task.WhenAny(woken, over) == over)
            {
                await ending.CancelAsync();
                return TypedResults.Ok(page);
            }
        }
    }

    private static async Task<Ok<InboxAckAnswer>> AcknowledgeAsync(
        InboxAck body, Caller caller, InboxDesk desk, CancellationToken cancel)
    {
        if (body.Digests.Count is < 1 or > MostAcknowledged)
            throw Refusal.Invalid($"digests are 1 to {MostAcknowledged} names of messages.");
        await desk.CheckAsync(caller.Account, body.Agent, cancel);
        return TypedResults.Ok(new InboxAckAnswer(
            await desk.AcknowledgeAsync(body.Agent, [.. body.Digests], cancel)));
    }

    private static List<string>? TopicsOf(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return null;
        var topics = text.Split(',', MostTopics + 1).ToList();
        return topics.Count <= MostTopics && topics.All(AgentMessage.IsTopic)
            ? topics
            : throw Refusal.Invalid(
                $"topic is 1 to {MostTopics} topics with commas, each at most {AgentMessage.MaxTopic} of "
                + "a-z 0-9 . _ / -.");
    }

    private static long? SenderOf(ulong? sender) => sender is null or <= AgentMessage.MaxAgent
        ? (long?)sender
        : throw Refusal.Invalid("sender is the number of an agent, less than 2^53.");
}

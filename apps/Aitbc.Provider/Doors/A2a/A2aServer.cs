using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Provider.Doors.Rpc;
using Aitbc.Provider.Selling;
using Aitbc.Sdk.X402;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>Answers the methods of the protocol in both of its eras.</summary>
internal sealed class A2aServer(A2aOrders orders, A2aTasks tasks, SalesDesk desk, TimeProvider time)
{
    private const string EventStream = "text/event-stream";

    /// <summary>Throws <see cref="RpcRefusedException"/> and <see cref="SaleRefusedException"/>.</summary>
    public async Task<IResult> AnswerAsync(HttpContext http, RpcMessage message)
    {
        var id = message.Id
            ?? throw new RpcRefusedException(400, RpcRefusedException.InvalidRequest, "A request has an id.");
        var isLegacy = A2aMethods.IsLegacy(http.Request);
        switch (A2aMethods.Of(message.Method, isLegacy))
        {
            case A2aMethods.Send:
                return await SendAsync(http, message, id, isLegacy);
            case A2aMethods.Stream:
                return await StreamAsync(http, message, id, isLegacy);
            case A2aMethods.Get:
                return Task(id, tasks.Find(TaskId(message)) ?? throw A2aErrors.NoTask(), isLegacy);
            case A2aMethods.Cancel:
                return Task(id, await CancelAsync(TaskId(message), http.RequestAborted), isLegacy);
            case A2aMethods.Subscribe:
                return await SubscribeAsync(http, TaskId(message), new TaskFrames(id, isLegacy));
            case A2aMethods.Push:
                throw A2aOrders.NoPush();
            case A2aMethods.ExtendedCard:
                throw A2aErrors.Of(
                    A2aErrors.ExtendedCardNotConfigured, "EXTENDED_AGENT_CARD_NOT_CONFIGURED",
                    "There is one card, for everybody.");
            default:
                throw A2aErrors.Of(
                    A2aErrors.UnsupportedOperation, "UNSUPPORTED_OPERATION",
                    "Tasks are known by their ids, and nobody is told of others.");
        }
    }

    private async Task<IResult> SendAsync(HttpContext http, RpcMessage message, JsonElement id, bool isLegacy)
    {
        var asked = await orders.ReadAsync(http, message, isLegacy, isStream: false, http.RequestAborted);
        var sale = await desk.BeginAsync(http, asked.Order);
        tasks.Begin(sale, asked.Context);
        AnswerWriter.Begin(http, sale.Answer.Id, "application/json", isStream: false);
        if (asked.IsAwaited)
            http.Response.Headers[X402Headers.Response] = (await sale.HeadAsync(http.RequestAborted)).PaymentResponse;
        var task = tasks.Find(sale.Answer.Id) ?? throw A2aErrors.NoTask();
        return RpcAnswers.Result(
            id, isLegacy ? LegacyShapes.Task(task) : new JsonObject { [TaskShapes.TaskKey] = task });
    }

    private async Task<IResult> StreamAsync(HttpContext http, RpcMessage message, JsonElement id, bool isLegacy)
    {
        var asked = await orders.ReadAsync(http, message, isLegacy, isStream: true, http.RequestAborted);
        var sale = await desk.BeginAsync(http, asked.Order);
        tasks.Begin(sale, asked.Context);
        var head = await sale.HeadAsync(http.RequestAborted);
        var frames = new TaskFrames(id, isLegacy);
        await AnswerWriter.WriteAsync(http, sale.Answer, head, EventStream, 0, frames.All);
        return Results.Empty;
    }

    private async Task<JsonObject> CancelAsync(string task, CancellationToken cancel) =>
        await tasks.CancelAsync(task, cancel)
        ?? throw (tasks.Find(task) is null
            ? A2aErrors.NoTask()
            : A2aErrors.Of(A2aErrors.TaskNotCancelable, "TASK_NOT_CANCELABLE", "The task has ended."));

    private async Task<IResult> SubscribeAsync(HttpContext http, string task, TaskFrames frames)
    {
        if (tasks.Running(task) is not { } answer)
        {
            throw tasks.Find(task) is null
                ? A2aErrors.NoTask()
                : A2aErrors.Of(
                    A2aErrors.UnsupportedOperation, "UNSUPPORTED_OPERATION", "The task has ended: get it.");
        }

        var from = answer.Count;
        var now = TaskShapes.Fold(answer.All().Take(from)) ?? tasks.Find(task) ?? throw A2aErrors.NoTask();
        AnswerWriter.Begin(http, answer.Id, EventStream, isStream: true);
        http.Response.BodyWriter.Write(frames.Task(now).Span);
        await AnswerWriter.FollowAsync(http, answer, from, frames.Rest);
        if (answer.Head is { IsFaulted: true, Exception.InnerException: { } reason })
        {
            var (state, sentence) = A2aTasks.EndOf(reason);
            await http.Response.BodyWriter.WriteAsync(
                frames.End(now, state, sentence, time.GetUtcNow()), http.RequestAborted);
        }

        return Results.Empty;
    }

    private static IResult Task(JsonElement id, JsonObject task, bool isLegacy) =>
        RpcAnswers.Result(id, isLegacy ? LegacyShapes.Task(task) : task);

    private static string TaskId(RpcMessage message) =>
        message.Params is { } parameters && RpcMessage.Text(parameters, "id") is { Length: > 0 } task
            ? task : throw SaleRefusedException.Invalid("The id of the task is missing.");
}

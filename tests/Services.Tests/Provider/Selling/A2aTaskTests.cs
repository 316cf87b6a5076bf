using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Provider.Payments.Journal;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>The life of tasks of A2A: seen, followed, ended and kept, by who knows them.</summary>
public sealed class A2aTaskTests
{
    private const string Stream = "SendStreamingMessage";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_task_that_is_not_waited_for_is_told_at_once_followed_and_got_at_its_end(bool isLegacy)
    {
        await using var world = await SellingWorld.StartAsync();
        var go = new TaskCompletionSource();
        var plain = world.Models.Answer;
        world.Models.Answer = async context =>
        {
            await go.Task;
            await plain(context);
        };
        var (agent, buyer) = (new TaskAgent(world.Http, isLegacy), world.Buyer());
        var parameters = agent.Hi(p => p["configuration"] =
            new JsonObject { [isLegacy ? "blocking" : "returnImmediately"] = !isLegacy });
        var task = await agent.SayAsync(parameters, buyer.Voucher(await agent.OfferAsync(parameters), 1_000_000));
        var id = (string)task["id"]!;
        var (working, completed) =
            isLegacy ? ("working", "completed") : ("TASK_STATE_WORKING", "TASK_STATE_COMPLETED");
        Assert.Equal(working, StateOf(task));
        Assert.Equal(working, StateOf(await agent.TaskAsync(id)));

        var subscribe = agent.Method("SubscribeToTask", "tasks/resubscribe");
        using var following = await agent.SendAsync(subscribe, new JsonObject { ["id"] = id });
        using var reader = new StreamReader(await following.Content.ReadAsStreamAsync(SellingWorld.Cancel));
        var first = (await TaskAgent.EventAsync(reader))!;
        Assert.Equal(working, StateOf(isLegacy ? first : first["task"]!.AsObject()));
        go.SetResult();
        var artifact = (await TaskAgent.EventAsync(reader))!;
        var part = (isLegacy ? artifact : artifact["artifactUpdate"])!["artifact"]!["parts"]![0]!;
        Assert.Equal("Two plus two is four.", (string)part["text"]!);
        var status = (await TaskAgent.EventAsync(reader))!;
        Assert.Equal(completed, StateOf(isLegacy ? status : status["statusUpdate"]!.AsObject()));
        Assert.Null(await TaskAgent.EventAsync(reader));
        Assert.Equal(completed, StateOf(await agent.TaskAsync(id)));
        Assert.Equal(770UL, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
        await agent.RefusedAsync(-32004, subscribe, new JsonObject { ["id"] = id });
    }

    [Fact]
    public async Task A_task_that_is_cancelled_stops_the_engine_and_is_charged_for_what_was_given()
    {
        await using var world = await SellingWorld.StartAsync();
        world.Models.Answer = async context =>
        {
            await world.Models.SayAsync(context, [.. Enumerable.Range(0, 5).Select(
                i => world.Models.Dialect.Text($"w{i} "))]);
            await world.Models.UntilAbandonedAsync(context);
        };
        var (agent, buyer) = (new TaskAgent(world.Http), world.Buyer());
        var voucher = buyer.Voucher(await agent.OfferAsync(agent.Hi(), Stream), 1_000_000);
        using var answer = await agent.SendAsync(Stream, agent.Hi(), voucher);
        var id = answer.Headers.GetValues("X-Aitbc-Answer").Single();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(SellingWorld.Cancel));
        for (var i = 0; i < 6; i++)
            Assert.NotNull(await TaskAgent.EventAsync(reader));

        // Another reader is told of the same task, with what it has missed.
        using var following = await agent.SendAsync("SubscribeToTask", new JsonObject { ["id"] = id });
        using var second = new StreamReader(await following.Content.ReadAsStreamAsync(SellingWorld.Cancel));
        var seen = (await TaskAgent.EventAsync(second))!["task"]!;
        Assert.Equal("w0 w1 w2 w3 w4 ", (string)seen["artifacts"]![0]!["parts"]![0]!["text"]!);

        var ended = await agent.AskAsync("CancelTask", new JsonObject { ["id"] = id });
        Assert.Equal("TASK_STATE_CANCELED", StateOf(ended));
        Assert.Equal("510", (string)ended["metadata"]!["aitbc"]!["charged"]!); // 5 tokens and a prompt of 2 bytes
        foreach (var each in new[] { reader, second })
        {
            var last = (await TaskAgent.EventAsync(each))!["statusUpdate"]!.AsObject();
            Assert.Equal("TASK_STATE_CANCELED", StateOf(last));
        }

        await world.Models.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(20), SellingWorld.Cancel);
        Assert.Equal("TASK_STATE_CANCELED", StateOf(await agent.TaskAsync(id)));
        await agent.RefusedAsync(-32002, "CancelTask", new JsonObject { ["id"] = id });
        Assert.Equal(510UL, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
    }

    [Fact]
    public async Task A_task_that_is_cancelled_before_anything_was_given_costs_nothing()
    {
        await using var world = await SellingWorld.StartAsync();
        world.Models.Answer = world.Models.UntilAbandonedAsync;
        var (agent, buyer) = (new TaskAgent(world.Http), world.Buyer());
        var parameters = agent.Hi(p => p["configuration"] = new JsonObject { ["returnImmediately"] = true });
        var task = await agent.SayAsync(parameters, buyer.Voucher(await agent.OfferAsync(parameters), 1_000_000));
        var named = new JsonObject { ["id"] = (string)task["id"]! };
        Assert.Equal("TASK_STATE_CANCELED", StateOf(await agent.AskAsync("CancelTask", named)));
        await RefusedPaymentTests.WaitUntilAsync(
            () => StateOf(agent.TaskAsync((string)task["id"]!).Result) == "TASK_STATE_CANCELED");
        Assert.Equal(0UL, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
    }

    [Fact]
    public async Task Tasks_are_for_who_knows_them_and_outlive_a_restart()
    {
        await using var world = await SellingWorld.StartAsync();
        var (agent, buyer) = (new TaskAgent(world.Http), world.Buyer());
        var payment = buyer.Transfer(await agent.OfferAsync(agent.Hi()));
        var task = await agent.SayAsync(agent.Hi(), payment);
        var elsewhere = await buyer.AskAsync("/v1/chat/completions", Buyer.Chat);
        using var sold = await buyer.PostAsync("/v1/chat/completions", Buyer.Chat, buyer.Transfer(elsewhere));
        foreach (var id in new[]
        {
            new string('0', 32), "../payments", "", "x".PadLeft(5000), "talk",
            sold.Headers.GetValues("X-Aitbc-Answer").Single(),
        })
            await agent.RefusedAsync(id.Length == 0 ? -32602 : -32001, "GetTask", new JsonObject { ["id"] = id });
        await agent.RefusedAsync(-32004, "ListTasks", []);
        await agent.RefusedAsync(-32004, "SendMessage", agent.Hi(p => p["message"]!["taskId"] = (string)task["id"]!));
        await agent.RefusedAsync(-32001, "SendMessage", agent.Hi(p => p["message"]!["taskId"] = "no"));

        await world.RestartAsync();
        var again = new TaskAgent(world.Http);
        Assert.True(JsonNode.DeepEquals(task, await again.TaskAsync((string)task["id"]!)));
        Assert.True(JsonNode.DeepEquals(task, await again.SayAsync(again.Hi(), payment)));
        Assert.Equal(2, world.Models.Posts.Count);
    }

    [Fact]
    public async Task A_busy_provider_refuses_at_once_before_a_payment_is_asked_for()
    {
        await using var world = await SellingWorld.StartAsync(set: o =>
        {
            o.Ollama.SlotsPerModel = 1;
            o.Ollama.QueuePerModel = 0;
        });
        world.Models.Answer = world.Models.UntilAbandonedAsync;
        var (agent, buyer) = (new TaskAgent(world.Http), world.Buyer());
        var parameters = agent.Hi(p => p["configuration"] = new JsonObject { ["returnImmediately"] = true });
        await agent.SayAsync(parameters, buyer.Voucher(await agent.OfferAsync(parameters), 1_000_000));
        await RefusedPaymentTests.WaitUntilAsync(() => !world.Models.Posts.IsEmpty);
        using var refused = await agent.SendAsync("SendMessage", agent.Hi());
        Assert.Equal(HttpStatusCode.ServiceUnavailable, refused.StatusCode);
        Assert.NotNull(refused.Headers.RetryAfter);
        var error = (await TaskAgent.JsonAsync(refused))["error"]!;
        Assert.Equal((-32051, "PROVIDER_BUSY"), ((int)error["code"]!, (string)error["data"]![0]!["reason"]!));
    }

    private static string StateOf(JsonObject task) => (string)task["status"]!["state"]!;
}

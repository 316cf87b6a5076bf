using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.X402;
using Services.Tests.Provider.Models;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>What agents buy through A2A: paid, written down and priced as at the other doors.</summary>
public sealed class A2aTests
{
    private const string Said = "Two plus two is four.";
    private static readonly UInt256 Cap = (10UL * 1090) + 800;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_message_is_offered_paid_by_a_transfer_given_once_and_charged_once(bool isLegacy)
    {
        await using var world = await SellingWorld.StartAsync();
        var (agent, buyer) = (new TaskAgent(world.Http, isLegacy), world.Buyer());
        var required = await agent.OfferAsync(agent.Hi());
        Assert.EndsWith("/a2a", (string)required["resource"]!["url"]!, StringComparison.Ordinal);
        Assert.Equal(Cap, Buyer.AmountOf(required, "exact"));
        Assert.Empty(world.Models.Posts);

        var payment = buyer.Transfer(required);
        using var first = await agent.SendAsync(agent.Method("SendMessage", "message/send"), agent.Hi(), payment);
        var response = Buyer.Decode(first, X402Headers.Response)!;
        Assert.Equal((true, "11700"), ((bool)response["success"]!, (string)response["amount"]!));
        var result = (await TaskAgent.JsonAsync(first))["result"]!.AsObject();
        var task = isLegacy ? result : result["task"]!.AsObject();
        Assert.Equal(first.Headers.GetValues("X-Aitbc-Answer").Single(), (string)task["id"]!);
        Assert.Equal((string)task["id"]!, (string)task["contextId"]!);
        Assert.Equal(isLegacy ? "completed" : "TASK_STATE_COMPLETED", (string)task["status"]!["state"]!);
        var part = task["artifacts"]!.AsArray().Single()!["parts"]!.AsArray().Single()!;
        Assert.Equal((Said, isLegacy ? "text" : null), ((string)part["text"]!, (string?)part["kind"]));
        Assert.Equal("stop", (string)task["metadata"]!["aitbc"]!["finish_reason"]!);
        Assert.Equal(isLegacy, task.ContainsKey("kind"));

        // Another id of the request: the same params and the same payment are the same task.
        Assert.True(JsonNode.DeepEquals(task, await agent.SayAsync(agent.Hi(), payment)));
        Assert.True(JsonNode.DeepEquals(task, await agent.TaskAsync((string)task["id"]!)));
        Assert.Single(world.Models.Posts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stream_is_a_task_its_parts_and_its_end_and_has_a_receipt(bool isLegacy)
    {
        await using var world = await SellingWorld.StartAsync();
        var (agent, buyer) = (new TaskAgent(world.Http, isLegacy), world.Buyer());
        var method = agent.Method("SendStreamingMessage", "message/stream");
        var parameters = agent.Hi(p => p["message"]!["contextId"] = "talk");
        var voucher = buyer.Voucher(await agent.OfferAsync(parameters, method), 1_000_000);
        using var answer = await agent.SendAsync(method, parameters, voucher);
        var events = await TaskAgent.EventsAsync(answer);

        var id = answer.Headers.GetValues("X-Aitbc-Answer").Single();
        var (task, status) = isLegacy
            ? (events[0], events[^1]) : (events[0]["task"]!.AsObject(), events[^1]["statusUpdate"]!.AsObject());
        Assert.Equal((id, "talk"), ((string)task["id"]!, (string)task["contextId"]!));
        Assert.Equal((id, "talk"), ((string)status["taskId"]!, (string)status["contextId"]!));
        Assert.Equal(isLegacy ? "completed" : "TASK_STATE_COMPLETED", (string)status["status"]!["state"]!);
        Assert.Equal(isLegacy ? true : null, (bool?)status["final"]);
        Assert.Equal("770", (string)status["metadata"]!["aitbc"]!["charged"]!);
        var parts = events[1..^1].Select(e => isLegacy ? e : e["artifactUpdate"]!.AsObject()).ToList();
        Assert.Equal(Said, string.Concat(parts.Select(p => (string)p["artifact"]!["parts"]![0]!["text"]!)));
        Assert.Equal([false, true], parts.Select(p => (bool)p["append"]!));
        Assert.Equal(Said, (string)(await agent.TaskAsync(id))["artifacts"]![0]!["parts"]![0]!["text"]!);
        Assert.Equal(770UL, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);

        var file = await world.ReceiptAsync(id);
        var verified = ReceiptVerifier.Verify(
            ReceiptFile.TryParse(file), [world.Provider], Encoding.UTF8.GetBytes(Said));
        Assert.True(verified.IsValid, verified.Detail);
    }

    [Fact]
    public async Task A_conversation_settings_data_and_pictures_reach_the_engine_in_its_own_form()
    {
        await using var world = await SellingWorld.StartAsync();
        var (agent, buyer) = (new TaskAgent(world.Http), world.Buyer());
        var parameters = agent.Hi(p => p["message"] = JsonNode.Parse("""
            {"messageId":"m","role":"ROLE_USER","taskId":"","contextId":"","extensions":[],
             "metadata":{"max_tokens":8.0,"temperature":0.5,"seed":7.0,"messages":[
               {"role":"system","content":"Be brief."},{"role":"user","content":"1+1"},
               {"role":"assistant","content":"2"}],"x402.payment.status":"none"},
             "parts":[{"text":"2+2"},{"data":{"unit":"apples"}},{"raw":"iVBORw0KGgo=","mediaType":"image/png"}]}
            """));
        await agent.SayAsync(parameters, buyer.Transfer(await agent.OfferAsync(parameters)));

        var sent = JsonNode.Parse(world.Models.LastBody)!;
        var turns = sent["messages"]!.AsArray();
        Assert.Equal(["system", "user", "assistant", "user"], turns.Select(m => (string)m!["role"]!));
        Assert.Equal("2+2\n{\"unit\":\"apples\"}", (string)turns[3]!["content"]!);
        Assert.Equal("iVBORw0KGgo=", (string)turns[3]!["images"]![0]!);
        Assert.Equal((8, 7), ((int)sent["options"]!["num_predict"]!, (int)sent["options"]!["seed"]!));
        Assert.Equal("tiny:latest", (string)sent["model"]!); // none was named
    }

    [Fact]
    public async Task A_payment_that_is_short_foreign_or_used_is_refused_by_its_code_and_executes_nothing()
    {
        await using var world = await SellingWorld.StartAsync();
        var (agent, buyer) = (new TaskAgent(world.Http), world.Buyer());
        var required = await agent.OfferAsync(agent.Hi());
        var dear = agent.Hi(p => p["message"]!["metadata"]!["max_tokens"] = 800);
        await RefusedAsync("invalid_exact_evm_payload_authorization_value_mismatch", agent.Hi(),
            buyer.Transfer(required, a => a with { Value = a.Value - UInt256.One }));
        await RefusedAsync("invalid_exact_evm_signature", agent.Hi(), buyer.Transfer(required, chainId: 1));
        await RefusedAsync("No matching payment requirements", dear, buyer.Transfer(required));
        await RefusedAsync("invalid_batch_settlement_evm_channel_not_found", agent.Hi(), buyer.Voucher(required));
        await RefusedAsync("invalid_payload", agent.Hi(), "x");
        Assert.Empty(world.Models.Posts);

        // What paid for a message pays for no other, and for no other way to be given it.
        var used = buyer.Transfer(required);
        await agent.SayAsync(agent.Hi(), used);
        var other = agent.Hi(p => p["message"]!["messageId"] = "m2");
        await RefusedAsync("invalid_exact_evm_nonce_already_used", other, used);
        using var streamed = await agent.SendAsync("SendStreamingMessage", agent.Hi(), used);
        Assert.Equal(HttpStatusCode.PaymentRequired, streamed.StatusCode);
        Assert.Single(world.Models.Posts);

        async Task RefusedAsync(string code, JsonObject parameters, string payment)
        {
            using var answer = await agent.SendAsync("SendMessage", parameters, payment);
            Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
            Assert.Equal(code, (string)Buyer.Decode(answer, X402Headers.Required)!["error"]!);
            var info = (await TaskAgent.JsonAsync(answer))["error"]!["data"]![0]!;
            Assert.Equal(("PAYMENT_REQUIRED", "0", "false"), (
                (string)info["reason"]!, (string)info["metadata"]!["charged"]!,
                (string)info["metadata"]!["retryable"]!));
        }
    }

    [Fact]
    public async Task An_engine_that_fails_is_told_and_charged_nothing_and_the_payment_stays_good()
    {
        await using var world = await SellingWorld.StartAsync();
        var (agent, buyer) = (new TaskAgent(world.Http), world.Buyer());
        var voucher = buyer.Voucher(await agent.OfferAsync(agent.Hi()), 1_000_000);
        var plain = world.Models.Answer;
        world.Models.Answer = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        using var failed = await agent.SendAsync("SendMessage", agent.Hi(), voucher);
        Assert.Equal(HttpStatusCode.BadGateway, failed.StatusCode);
        var error = (await TaskAgent.JsonAsync(failed))["error"]!;
        Assert.Equal((-32603, "ENGINE_FAULT", "true"), ((int)error["code"]!, (string)error["data"]![0]!["reason"]!,
            (string)error["data"]![0]!["metadata"]!["retryable"]!));
        // It was begun, so it is a task.
        var id = failed.Headers.GetValues("X-Aitbc-Answer").Single();
        await RefusedPaymentTests.WaitUntilAsync(() => StateOf(agent.TaskAsync(id).Result) == "TASK_STATE_FAILED");

        // One that breaks while it is streamed ends with its state.
        var stream = await agent.OfferAsync(agent.Hi(), "SendStreamingMessage");
        var dialect = world.Models.Dialect;
        world.Models.Answer = context => world.Models.SayAsync(context, dialect.Text("Two "), dialect.Error());
        using var broken = await agent.SendAsync("SendStreamingMessage", agent.Hi(), buyer.Voucher(stream));
        var last = (await TaskAgent.EventsAsync(broken))[^1]["statusUpdate"]!;
        Assert.Equal("TASK_STATE_FAILED", (string)last["status"]!["state"]!);
        Assert.NotEmpty((string)last["status"]!["message"]!["parts"]![0]!["text"]!);
        var task = await agent.TaskAsync((string)last["taskId"]!);
        Assert.Equal("TASK_STATE_FAILED", StateOf(task));

        world.Models.Answer = plain;
        Assert.Equal("TASK_STATE_COMPLETED", StateOf(await agent.SayAsync(agent.Hi(), voucher)));
        Assert.Equal(770UL, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
    }

    [Fact]
    public async Task Vouchers_go_on_within_a_stream_and_the_tally_is_told()
    {
        await using var world = await SellingWorld.StartAsync();
        world.Models.Answer = context =>
        {
            var dialect = world.Models.Dialect;
            return world.Models.SayAsync(
                context, [.. Enumerable.Range(0, 40).Select(i => dialect.Text($"w{i} ")), dialect.Done(17, 40)]);
        };
        var (agent, buyer) = (new TaskAgent(world.Http), world.Buyer());
        var parameters = agent.Hi(p => p["message"]!["metadata"]!["max_tokens"] = 100);
        using var asked = await agent.SendAsync("SendStreamingMessage", parameters, vouchers: true);
        var required = Buyer.Decode(asked, X402Headers.Required)!;
        var slice = Buyer.AmountOf(required, "batch-settlement");
        Assert.Equal(10_900UL + 3_200, slice);
        using var answer = await agent.SendAsync(
            "SendStreamingMessage", parameters, buyer.Voucher(required, 1_000_000), vouchers: true);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(SellingWorld.Cancel));
        JsonNode? tally = null;
        while (tally is null)
            tally = (await TaskAgent.EventAsync(reader))!["statusUpdate"]?["metadata"]!["aitbc"];
        Assert.Equal(32, (int)tally["tokens"]!);

        var channel = Assert.Single(world.Service<PaymentJournal>().Channels).Id;
        var raise = new JsonObject
        {
            ["maxClaimableAmount"] = "20900",
            ["signature"] = buyer.Sign(channel, 20_900),
        };
        using var raised = await world.Http.PostAsync(
            $"/v1/streams/{answer.Headers.GetValues("X-Aitbc-Answer").Single()}/voucher",
            new StringContent(raise.ToJsonString(), Encoding.UTF8, "application/json"), SellingWorld.Cancel);
        Assert.Equal(HttpStatusCode.OK, raised.StatusCode);
        JsonNode last = new JsonObject();
        while (await TaskAgent.EventAsync(reader) is { } next)
            last = next;
        Assert.Equal("TASK_STATE_COMPLETED", (string)last["statusUpdate"]!["status"]!["state"]!);
        Assert.Equal((10UL * 17) + 4_000, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
    }

    private static string StateOf(JsonObject task) => (string)task["status"]!["state"]!;
}

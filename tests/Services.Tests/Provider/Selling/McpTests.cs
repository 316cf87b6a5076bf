using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>What agents buy through MCP: paid, written down and priced as at the other doors.</summary>
public sealed class McpTests
{
    [Fact]
    public async Task An_agent_sees_the_models_and_what_a_chat_costs_at_most_for_nothing()
    {
        await using var world = await SellingWorld.StartAsync();
        var agent = new Agent(world.Http);

        var sold = Of(await agent.CallAsync("models", "{}"));
        Assert.Equal(world.Provider.ToString(), (string)sold["provider"]!);
        var model = sold["models"]!.AsArray().Single()!;
        Assert.Equal(("tiny:latest", "10", "100"), (
            (string)model["name"]!, (string)model["promptPrice"]!, (string)model["outputPrice"]!));

        // 1024 for the template, 64 and 2 bytes for the message, 8 tokens of output.
        var quote = Of(await agent.CallAsync("quote", Agent.Chat));
        Assert.Equal(((10 * 1090) + 800).ToString(), (string)quote["total"]!);
        Assert.Equal((1090, 8), ((int)quote["mostPromptTokens"]!, (int)quote["mostOutputTokens"]!));
        Assert.Empty(world.Models.Posts);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_chat_is_offered_paid_by_a_transfer_given_once_and_charged_once(bool isModern)
    {
        await using var world = await SellingWorld.StartAsync();
        var (agent, buyer) = (new Agent(world.Http, isModern), world.Buyer());

        var offer = await agent.CallAsync("chat", Agent.Chat);
        Assert.True((bool)offer["isError"]!);
        var required = Of(offer);
        Assert.Equal("mcp://tool/chat", (string)required["resource"]!["url"]!);
        Assert.Equal((10UL * 1090) + 800, Buyer.AmountOf(required, "exact"));
        Assert.True(JsonNode.DeepEquals(required, JsonNode.Parse((string)offer["content"]![0]!["text"]!)));
        Assert.Empty(world.Models.Posts);

        var payment = buyer.Transfer(required);
        var first = await agent.CallAsync("chat", Agent.Chat, payment);
        Assert.False(first.ContainsKey("isError"));
        Assert.Equal("Two plus two is four.", (string)first["content"]![0]!["text"]!);
        Assert.Equal("stop", (string)Of(first)["choices"]![0]!["finish_reason"]!);
        var response = first["_meta"]!["x402/payment-response"]!;
        Assert.True((bool)response["success"]!);
        Assert.Equal("11700", (string)response["amount"]!);
        Assert.Equal(isModern, first.ContainsKey("resultType"));

        // Another id and other white space: the same arguments and the same payment are the same call.
        var again = await agent.CallAsync("chat", Agent.Chat.Replace(",", " , ", StringComparison.Ordinal), payment);
        Assert.True(JsonNode.DeepEquals(Of(first), Of(again)));
        Assert.Single(world.Models.Posts);

        var id = (string)first["_meta"]!["aitbc/answer"]!;
        var why = Of(await agent.CallAsync("why", new JsonObject { ["answer"] = id }.ToJsonString()));
        Assert.Equal(("given", "11700"), ((string)why["state"]!, (string)why["charged"]!));
        Assert.Equal((string)response["transaction"]!, (string)why["transaction"]!);
    }

    [Fact]
    public async Task A_channel_pays_for_what_was_counted_and_its_balance_is_told()
    {
        await using var world = await SellingWorld.StartAsync();
        var (agent, buyer) = (new Agent(world.Http), world.Buyer());

        var required = Of(await agent.CallAsync("chat", Agent.Chat));
        var first = await agent.CallAsync("chat", Agent.Chat, buyer.Voucher(required, 1_000_000));
        // 17 tokens of the prompt and 6 of the output were counted.
        var state = first["_meta"]!["x402/payment-response"]!["extra"]!["channelState"]!;
        Assert.Equal("770", (string)state["chargedCumulativeAmount"]!);
        buyer.Total = 770;
        var voucher = buyer.Voucher(Of(await agent.CallAsync("chat", Agent.Chat)));
        var second = await agent.CallAsync("chat", Agent.Chat, voucher);
        var again = await agent.CallAsync("chat", Agent.Chat, voucher);
        Assert.True(JsonNode.DeepEquals(Of(second), Of(again)));
        Assert.Equal(2, world.Models.Posts.Count);

        var channel = new JsonObject { ["channel"] = (string)state["channelId"]! }.ToJsonString();
        var balance = Of(await agent.CallAsync("balance", channel));
        Assert.Equal(
            ("1000000", (770 + 11_700).ToString(), "1540", (1_000_000 - 1540).ToString(), false),
            ((string)balance["deposited"]!, (string)balance["signed"]!, (string)balance["charged"]!,
                (string)balance["left"]!, (bool)balance["busy"]!));

        var answer = new JsonObject { ["answer"] = (string)Of(second)["id"]! }.ToJsonString();
        JsonObject why = [];
        for (var i = 0; i < 1000 && why["charged"] is null; i++)
            why = Of(await agent.CallAsync("why", answer));
        Assert.Equal(("given", "770"), ((string)why["state"]!, (string?)why["charged"]));
    }

    [Fact]
    public async Task A_payment_that_is_short_foreign_or_used_is_refused_by_its_code_and_executes_nothing()
    {
        await using var world = await SellingWorld.StartAsync();
        var (agent, buyer) = (new Agent(world.Http), world.Buyer());
        var required = Of(await agent.CallAsync("chat", Agent.Chat));
        var stranger = Address.Parse("0x00000000000000000000000000000000000ABBA1");
        var elsewhere = await buyer.AskAsync("/v1/chat/completions", Buyer.Chat);
        var dear = Agent.Chat.Replace(":8}", ":800}", StringComparison.Ordinal);

        await RefusedAsync("invalid_exact_evm_payload_authorization_value_mismatch", Agent.Chat,
            buyer.Transfer(required, a => a with { Value = a.Value - UInt256.One }));
        await RefusedAsync("invalid_exact_evm_recipient_mismatch", Agent.Chat,
            buyer.Transfer(required, a => a with { To = stranger }));
        await RefusedAsync("invalid_exact_evm_signature", Agent.Chat, buyer.Transfer(required, chainId: 1));
        await RefusedAsync("No matching payment requirements", dear, buyer.Transfer(required));
        await RefusedAsync("invalid_batch_settlement_evm_channel_not_found", Agent.Chat, buyer.Voucher(required));
        await RefusedAsync("invalid_payload", Agent.Chat, Convert.ToBase64String("[1]"u8));
        Assert.Empty(world.Models.Posts);

        // What paid at another door pays nothing here, and the other way round.
        var used = buyer.Transfer(elsewhere);
        using (var sold = await buyer.PostAsync("/v1/chat/completions", Buyer.Chat, used))
            Assert.True(sold.IsSuccessStatusCode);
        await RefusedAsync("invalid_exact_evm_nonce_already_used", Agent.Chat, used);
        Assert.Single(world.Models.Posts);

        async Task RefusedAsync(string code, string chat, string payment)
        {
            var result = await agent.CallAsync("chat", chat, payment);
            Assert.True((bool)result["isError"]!);
            Assert.Equal(code, (string)Of(result)["error"]!);
            Assert.Equal(2, Of(result)["accepts"]!.AsArray().Count);
        }
    }

    [Fact]
    public async Task A_transfer_that_the_chain_refuses_after_the_work_gives_nothing_away()
    {
        await using var world = await SellingWorld.StartAsync();
        var (agent, buyer) = (new Agent(world.Http), world.Buyer());
        var nonce = default(Hash256);
        var payment = buyer.Transfer(Of(await agent.CallAsync("chat", Agent.Chat)), a =>
        {
            nonce = a.Nonce;
            return a;
        });
        var plain = world.Models.Answer;
        world.Models.Answer = async context =>
        {
            await buyer.CancelAsync(world, nonce);
            await plain(context);
        };

        var result = await agent.CallAsync("chat", Agent.Chat, payment);
        Assert.True((bool)result["isError"]!);
        Assert.Equal("invalid_exact_evm_transaction_failed", (string)Of(result)["error"]!);
        Assert.False((bool)result["_meta"]!["x402/payment-response"]!["success"]!);
        Assert.DoesNotContain("four", result.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_cannot_be_served_says_what_was_charged_and_what_to_do()
    {
        await using var world = await SellingWorld.StartAsync();
        var (agent, buyer) = (new Agent(world.Http), world.Buyer());
        var other = Agent.Chat.Replace("tiny", "no", StringComparison.Ordinal);
        Says("model_not_found", false, await agent.CallAsync("chat", other));
        Says("model_not_found", false, await agent.CallAsync("quote", other));
        Says("channel_not_found", false, await agent.CallAsync(
            "balance", new JsonObject { ["channel"] = "0x" + new string('0', 64) }.ToJsonString()));
        var why = Of(await agent.CallAsync("why", """{"answer":"../payments"}"""));
        Assert.Equal("unknown", (string)why["state"]!);

        var required = Of(await agent.CallAsync("chat", Agent.Chat));
        var plain = world.Models.Answer;
        world.Models.Answer = context =>
        {
            context.Response.StatusCode = 500;
            return Task.CompletedTask;
        };
        var voucher = buyer.Voucher(required, 1_000_000);
        Says("engine_fault", true, await agent.CallAsync("chat", Agent.Chat, voucher));
        world.Models.Answer = plain;
        var given = await agent.CallAsync("chat", Agent.Chat, voucher);
        Assert.Equal("Two plus two is four.", (string)given["content"]![0]!["text"]!);

        static void Says(string code, bool retryable, JsonObject result)
        {
            Assert.True((bool)result["isError"]!);
            var problem = Of(result);
            Assert.Equal((code, retryable, "0"), (
                (string)problem["code"]!, (bool)problem["retryable"]!, (string)problem["charged"]!));
            Assert.NotEmpty((string)problem["next"]!);
        }
    }

    private static JsonObject Of(JsonObject result) => result["structuredContent"]!.AsObject();
}

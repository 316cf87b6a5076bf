using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Earnings;
using Aitbc.Provider.Payments.Channels;
using Aitbc.Sdk.Jobs;
using Services.Tests.Provider.Wasm;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>Runs of programs, paid by the call through both of their doors.</summary>
public sealed class ProgramSaleTests
{
    private const string Path = "/v1/run";
    private const ulong PerStatement = 100;
    private const string Script = """
        {"script":"for (const w of input.split(' ')) print(w.length)","input":"five eighteen","maxStatements":1000}
        """;

    private const string Endless = """{"script":"while (true) ;","maxStatements":5000}""";

    [Fact]
    public async Task A_run_is_quoted_offered_paid_by_a_transfer_given_once_and_has_a_receipt()
    {
        await using var world = await StartAsync();
        var (agent, buyer) = (new Agent(world.Http), world.Buyer());
        var quote = Of(await agent.CallAsync("quote", Script));
        Assert.Equal(("js", "statement", 1000, "100000"), (
            (string)quote["engine"]!, (string)quote["unit"]!, (int)quote["mostUnits"]!, (string)quote["total"]!));

        var offer = await agent.CallAsync("run", Script);
        Assert.True((bool)offer["isError"]!);
        Assert.Equal("mcp://tool/run", (string)Of(offer)["resource"]!["url"]!);
        Assert.Equal("A run of a program, paid by the statement", (string)Of(offer)["resource"]!["description"]!);
        Assert.Equal(100_000UL, Buyer.AmountOf(Of(offer), "exact"));
        var payment = buyer.Transfer(Of(offer));
        // Two at once and one later: one run, one charge, one answer.
        var other = new Agent(world.Http, isModern: true);
        var both = await Task.WhenAll(agent.CallAsync("run", Script, payment), other.CallAsync("run", Script, payment));
        var again = await agent.CallAsync("run", Script.Replace(",", " , ", StringComparison.Ordinal), payment);
        var first = both[0];
        Assert.False(first.ContainsKey("isError"));
        Assert.Equal("4\n8\n", (string)first["content"]![0]!["text"]!);
        var said = Of(first);
        Assert.Equal(("completed", "4\n8\n", "100000"), (
            (string)said["end"]!, (string)said["output"]!, (string)said["charged"]!));
        Assert.True(JsonNode.DeepEquals(said, Of(both[1])) && JsonNode.DeepEquals(said, Of(again)));
        Assert.Equal("100000", (string)first["_meta"]!["x402/payment-response"]!["amount"]!);

        var id = (string)first["_meta"]!["aitbc/answer"]!;
        var file = ReceiptFile.TryParse(await world.ReceiptAsync(id));
        var verified = ReceiptVerifier.Verify(file, [world.Provider], "4\n8\n"u8);
        Assert.True(verified.IsValid, verified.Detail);
        Assert.Equal(("js", "statement", (ulong)said["units"]!, (UInt256)100_000UL), (
            file!.Receipt.Engine, file.Receipt.UnitKind, file.Receipt.Units, file.Receipt.Charge));
        Assert.Equal(Keccak256.Hash("five eighteen"u8), file.Receipt.InputHash);
        var why = Of(await agent.CallAsync("why", new JsonObject { ["answer"] = id }.ToJsonString()));
        Assert.Equal(("given", "100000"), ((string)why["state"]!, (string)why["charged"]!));
    }

    [Fact]
    public async Task A_channel_pays_the_units_that_were_used_at_both_doors_and_the_book_names_the_engine()
    {
        await using var world = await StartAsync();
        var (agent, buyer) = (new Agent(world.Http), world.Buyer());
        using var first = await buyer.OpenAsync(Path, Script, 1_000_000);
        var said = await Agent.JsonAsync(first);
        var charge = PerStatement * (ulong)said["units"]!;
        Assert.Equal((HttpStatusCode.OK, "4\n8\n", charge.ToString()), (
            first.StatusCode, (string)said["output"]!, (string)said["charged"]!));
        Assert.InRange(charge, 3 * PerStatement, 20 * PerStatement);
        Assert.Equal(charge, buyer.Take(first));

        var bought = await agent.CallAsync("run", Script, buyer.Voucher(Of(await agent.CallAsync("run", Script))));
        Assert.Equal(said["output"]!.ToString(), Of(bought)["output"]!.ToString());
        Assert.Equal((UInt256)(2 * charge), Assert.Single(world.Service<ChannelTabs>().All).Charged);
        var book = world.Service<EarningBook>();
        var line = book.Lines(EarningLine.DayOf(world.Time.GetUtcNow())).Last()!;
        Assert.Equal(("js", 0UL, (UInt256)charge), (line.Model, line.PromptTokens + line.OutputTokens, line.Charged));
    }

    [Fact]
    public async Task A_module_is_run_by_its_bytes_or_by_a_hash_that_is_here_and_gives_any_bytes()
    {
        await using var world = await StartAsync();
        var buyer = world.Buyer();
        var module = Wat.Command(Wat.Write(0, 2), "(data (i32.const 0) \"\\ff\\00\")");
        var whole = new JsonObject { ["module"] = Convert.ToBase64String(module), ["maxFuel"] = 100_000 }
            .ToJsonString();
        using var first = await buyer.OpenAsync(Path, whole, 1_000_000_000_000);
        var said = await Agent.JsonAsync(first);
        Assert.Equal(("completed", "/wA=", "fuel"), (
            (string)said["end"]!, (string)said["outputBase64"]!, (string)said["unit"]!));
        buyer.Take(first);

        var named = new JsonObject { ["moduleHash"] = Keccak256.Hash(module).ToHex(), ["maxFuel"] = 100_000 }
            .ToJsonString();
        var payment = buyer.Voucher(await buyer.AskAsync(Path, named));
        using (var missing = await buyer.PostAsync(Path, named, payment))
        {
            Assert.Equal(HttpStatusCode.UnprocessableEntity, missing.StatusCode);
            Assert.Equal("blob_missing", (string)(await Agent.JsonAsync(missing))["error"]!["code"]!);
        }

        world.Service<BlobStore>().Write(Keccak256.Hash(module), module);
        using var second = await buyer.PostAsync(Path, named, payment);
        Assert.Equal(said["units"]!.ToString(), (await Agent.JsonAsync(second))["units"]!.ToString());
        Assert.Equal(buyer.Total + buyer.Total, buyer.Take(second));
    }

    [Fact]
    public async Task A_program_that_fails_by_itself_is_charged_what_it_used_and_one_that_cannot_run_nothing()
    {
        await using var world = await StartAsync();
        var (agent, buyer) = (new Agent(world.Http), world.Buyer());
        var payment = buyer.Voucher(Of(await agent.CallAsync("run", Endless)), 10_000_000);
        var result = await agent.CallAsync("run", Endless, payment);
        Assert.True((bool)result["isError"]!);
        var said = Of(result);
        Assert.Equal(("fuel_exhausted", 5000, "500000"), (
            (string)said["end"]!, (int)said["units"]!, (string)said["charged"]!));
        Assert.Equal((string)said["detail"]!, (string)result["content"]![0]!["text"]!);
        Assert.False(said.ContainsKey("output"));
        Assert.True(JsonNode.DeepEquals(said, Of(await agent.CallAsync("run", Endless, payment))));
        var charged = Assert.Single(world.Service<ChannelTabs>().All).Charged;
        Assert.Equal(500_000UL, charged);
        buyer.Total = charged;

        const string torn = """{"script":"let = (","maxStatements":1000}""";
        var voucher = buyer.Voucher(Of(await agent.CallAsync("run", torn)));
        var refused = await agent.CallAsync("run", torn, voucher);
        Assert.Equal(("module_invalid", false, "0"), (
            (string)Of(refused)["code"]!, (bool)Of(refused)["retryable"]!, (string)Of(refused)["charged"]!));
        // A transfer is not moved either: nothing was counted.
        var before = await world.Chain.BalanceAsync(buyer.Address, SellingWorld.Cancel);
        await agent.CallAsync("run", torn, buyer.Transfer(Of(await agent.CallAsync("run", torn))));
        Assert.Equal(before, await world.Chain.BalanceAsync(buyer.Address, SellingWorld.Cancel));
        Assert.Equal(charged, Assert.Single(world.Service<ChannelTabs>().All).Charged);
    }

    [Fact]
    public async Task A_run_that_was_lost_is_made_again_for_the_same_payment_and_charged_once()
    {
        await using var world = await StartAsync();
        var buyer = world.Buyer();
        var payment = buyer.Voucher(await buyer.AskAsync(Path, Endless), 10_000_000);
        using var first = await buyer.PostAsync(Path, Endless, payment);
        Assert.Equal(500_000UL, buyer.Take(first));
        await world.RestartAsync(() => Array.ForEach(
            Directory.GetFiles(System.IO.Path.Combine(world.Options.DataDirectory, "answers")), File.Delete));
        using var again = await world.Buyer().PostAsync(Path, Endless, payment);
        var said = await Agent.JsonAsync(again);
        Assert.Equal(("fuel_exhausted", "500000"), ((string)said["end"]!, (string)said["charged"]!));
        Assert.Equal(500_000UL, Assert.Single(world.Service<ChannelTabs>().All).Charged);
    }

    [Fact]
    public async Task A_run_takes_a_place_goes_on_without_its_client_and_cannot_be_ended()
    {
        const string slow = """{"script":"for (;;) ;","maxStatements":3000000}""";
        await using var world = await StartAsync(1, 0);
        var (first, second) = (world.Buyer(), world.Buyer(2));
        var payment = first.Voucher(await first.AskAsync(Path, slow), 1_000_000_000);
        var asked = await second.AskAsync(Path, Script);
        var running = first.PostAsync(Path, slow, payment);
        var slots = world.Service<ExecutionSlots>();
        await RefusedPaymentTests.WaitUntilAsync(() => slots.Running == 1 || running.IsCompleted);
        var answer = Assert.Single(world.Service<ChannelTabs>().All).Record!.Use!.Answer;
        using var ended = await world.Http.DeleteAsync($"/v1/streams/{answer}", SellingWorld.Cancel);
        using var busy = await second.PostAsync(Path, Script, second.Voucher(asked, 1_000_000));
        Assert.False(running.IsCompleted);
        Assert.Equal((HttpStatusCode.Conflict, HttpStatusCode.ServiceUnavailable), (ended.StatusCode, busy.StatusCode));
        Assert.Equal("provider_busy", (string)(await Agent.JsonAsync(busy))["error"]!["code"]!);

        using var given = await running;
        Assert.Equal("fuel_exhausted", (string)(await Agent.JsonAsync(given))["end"]!);
        Assert.Equal(3_000_000 * PerStatement, first.Take(given));
        await RefusedPaymentTests.WaitUntilAsync(() => slots.Reserved == 0);
    }

    [Fact]
    public async Task What_cannot_be_run_is_refused_before_anything_is_paid()
    {
        await using var world = await StartAsync();
        foreach (var (status, code, asked) in new[]
        {
            (400, "invalid_request", """{"script":"1","max_statements":1}"""),
            (400, "invalid_request", """{"script":"1","maxFuel":1}"""),
            (400, "invalid_request", """{"script":"1","maxStatements":-1}"""),
            (400, "invalid_request", """{"script":"1","input":"a","inputBase64":"YQ=="}"""),
            (400, "invalid_request", """{"script":7}"""),
            (400, "invalid_request", """{"module":"?"}"""),
            (400, "invalid_request", """{"moduleHash":"0x12"}"""),
            (400, "invalid_request", """{"input":"a"}"""),
            (422, "spec_unsupported", """{"script":"1","maxStatements":1000000000000}"""),
            (422, "spec_unsupported", """{"script":"1","maxMemoryMib":100000}"""),
            (422, "spec_unsupported", """{"module":"AA==","args":["a\u0000b"]}"""),
        })
        {
            using var refused = await world.Buyer().PostAsync(Path, asked);
            Assert.Equal((status, code, asked), (
                (int)refused.StatusCode, (string)(await Agent.JsonAsync(refused))["error"]!["code"]!, asked));
        }
    }

    private static Task<SellingWorld> StartAsync(int slots = 2, int queue = 16) => SellingWorld.StartAsync(set: o =>
    {
        o.JsPricePerMillionStatements = 1_000_000 * PerStatement;
        (o.Slots, o.Queue) = (slots, queue);
    });

    private static JsonObject Of(JsonObject result) => result["structuredContent"]!.AsObject();
}

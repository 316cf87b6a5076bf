using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider.Payments.Channels;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.X402;
using Services.Tests.Provider.Models;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>Streams: their form, their vouchers, and what happens when a side goes away.</summary>
public sealed class StreamTests
{
    private const string Path = "/v1/chat/completions";

    private const string Long =
        """{"model":"tiny","messages":[{"role":"user","content":"hi"}],"max_tokens":100,"stream":true}""";

    [Fact]
    public async Task A_stream_has_the_form_that_clients_read_and_its_charge_in_a_comment()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var body = Long.Replace("\"stream\":true", "\"stream\":true,\"stream_options\":{\"include_usage\":true}",
            StringComparison.Ordinal);
        using var answer = await buyer.OpenAsync(Path, body, 1_000_000);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        var lines = (await answer.Content.ReadAsStringAsync(SellingWorld.Cancel)).Split('\n');
        var data = lines.Where(l => l.StartsWith("data: {", StringComparison.Ordinal))
            .Select(l => JsonNode.Parse(l[6..])!).ToList();

        Assert.Equal("assistant", (string)data[0]["choices"]![0]!["delta"]!["role"]!);
        Assert.Equal("Two plus two ", (string)data[1]["choices"]![0]!["delta"]!["content"]!);
        Assert.Equal("stop", (string)data[^2]["choices"]![0]!["finish_reason"]!);
        Assert.Empty(data[^1]["choices"]!.AsArray());
        Assert.Equal(23, (int)data[^1]["usage"]!["total_tokens"]!);
        Assert.Contains("data: [DONE]", lines);
        var note = JsonNode.Parse(lines.Last(l => l.StartsWith(": aitbc ", StringComparison.Ordinal))[8..])!;
        Assert.Equal("770", (string)note["charged"]!);
        // The header went out before it was counted: it states the whole; the next answer states what is.
        Assert.Equal((10UL * 1090) + 10_000, buyer.Take(answer));
        using var next = await buyer.PostAsync(Path, body, buyer.Voucher(await buyer.AskAsync(Path, body)));
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
        Assert.Equal(770UL + (10UL * 1090) + 10_000, buyer.Take(next));
    }

    [Fact]
    public async Task A_stream_is_resumed_behind_any_event_and_its_receipt_verifies()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        using var answer = await buyer.OpenAsync(Path, Long, 1_000_000);
        var all = await answer.Content.ReadAsStringAsync(SellingWorld.Cancel);
        var id = answer.Headers.GetValues("X-Aitbc-Answer").Single();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/streams/{id}");
        request.Headers.Add("Last-Event-ID", "0");
        using var rest = await world.Http.SendAsync(request, SellingWorld.Cancel);
        var text = await rest.Content.ReadAsStringAsync(SellingWorld.Cancel);
        Assert.NotEmpty(text);
        Assert.EndsWith(text, all, StringComparison.Ordinal);
        Assert.DoesNotContain("Two plus two", text, StringComparison.Ordinal);
        using var unknown = await world.Http.GetAsync($"/v1/streams/{new string('0', 32)}", SellingWorld.Cancel);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);

        var file = await world.ReceiptAsync(id);
        var verified = ReceiptVerifier.Verify(
            ReceiptFile.TryParse(file), [world.Provider], "Two plus two is four."u8);
        Assert.True(verified.IsValid, verified.Detail);
    }

    [Fact]
    public async Task A_stream_rests_at_the_edge_of_its_vouchers_and_goes_on_with_the_next()
    {
        await using var world = await SellingWorld.StartAsync();
        world.Models.Answer = context => SayAsync(world, context, 90);
        var buyer = world.Buyer();
        var required = await buyer.AskAsync(Path, Long, vouchers: true);
        Assert.Single(required["accepts"]!.AsArray());
        var slice = Buyer.AmountOf(required, "batch-settlement");
        Assert.Equal(10_900UL + 3_200, slice);
        using var answer = await buyer.PostAsync(Path, Long, buyer.Voucher(required, 1_000_000), vouchers: true);
        var id = answer.Headers.GetValues("X-Aitbc-Answer").Single();
        var channel = Assert.Single(world.Service<PaymentJournal>().Channels).Id;
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(SellingWorld.Cancel));
        var (tokens, ended) = await ReadAsync(reader, 32);
        Assert.Equal(32, tokens);
        Assert.False(ended);

        using var poor = await RaiseAsync(world, id, slice, buyer.Sign(channel, slice));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, poor.StatusCode);
        using var forged = await RaiseAsync(world, id, slice + 5_800UL, world.Buyer(2).Sign(channel, slice + 5_800UL));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, forged.StatusCode);
        using var rich = await RaiseAsync(world, id, 2_000_000, buyer.Sign(channel, 2_000_000), 32, 32);
        Assert.Equal(HttpStatusCode.OK, rich.StatusCode);
        (tokens, ended) = await ReadAsync(reader, 1_000);
        Assert.Equal(58, tokens);
        Assert.True(ended);
        Assert.Equal(10UL * 17 + 100 * 90, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
    }

    [Fact]
    public async Task A_voucher_for_more_than_a_channel_can_ever_hold_is_refused_and_spoils_no_claim()
    {
        await using var world = await SellingWorld.StartAsync(
            set: o => o.Payments.VoucherWait = TimeSpan.FromSeconds(2));
        world.Models.Answer = context => SayAsync(world, context, 90);
        var buyer = world.Buyer();
        using var answer = await buyer.OpenAsync(Path, Long, 1_000_000, vouchers: true);
        var id = answer.Headers.GetValues("X-Aitbc-Answer").Single();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(SellingWorld.Cancel));
        await ReadAsync(reader, 32);
        using var raised = await RaiseAsync(world, id, UInt256.MaxValue, "0x" + new string('1', 130));
        await reader.ReadToEndAsync(SellingWorld.Cancel);

        Assert.Equal(HttpStatusCode.UnprocessableEntity, raised.StatusCode);
        Assert.Contains(
            "voucher_invalid", await raised.Content.ReadAsStringAsync(SellingWorld.Cancel), StringComparison.Ordinal);
        Assert.Equal(1, await world.Service<ChannelClaims>().ClaimAsync(onlyClosing: false, SellingWorld.Cancel));
    }

    [Fact]
    public async Task A_stream_whose_vouchers_end_stops_with_what_was_paid()
    {
        await using var world = await SellingWorld.StartAsync(
            set: o => o.Payments.VoucherWait = TimeSpan.FromMilliseconds(50));
        world.Models.Answer = async context =>
        {
            await SayAsync(world, context, 90, isWhole: false);
            await world.Models.UntilAbandonedAsync(context);
        };
        var buyer = world.Buyer();
        using var answer = await buyer.OpenAsync(Path, Long, 1_000_000, vouchers: true);
        var text = await answer.Content.ReadAsStringAsync(SellingWorld.Cancel);

        Assert.Contains("\"finish_reason\":\"length\"", text, StringComparison.Ordinal);
        Assert.Contains("\"tokens\":32", text, StringComparison.Ordinal);
        await world.Models.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(20), SellingWorld.Cancel);
        // 32 tokens, and a prompt that nobody counted: 2 bytes.
        Assert.Equal(3_210UL, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
    }

    [Fact]
    public async Task Two_counts_that_differ_end_the_stream_and_what_was_given_is_charged()
    {
        await using var world = await SellingWorld.StartAsync();
        world.Models.Answer = context => SayAsync(world, context, 90);
        var buyer = world.Buyer();
        using var answer = await buyer.OpenAsync(Path, Long, 1_000_000, vouchers: true);
        var id = answer.Headers.GetValues("X-Aitbc-Answer").Single();
        var channel = Assert.Single(world.Service<PaymentJournal>().Channels).Id;
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(SellingWorld.Cancel));
        await ReadAsync(reader, 32);
        using var raised = await RaiseAsync(world, id, 2_000_000, buyer.Sign(channel, 2_000_000), 30, 32);

        Assert.Equal(HttpStatusCode.Conflict, raised.StatusCode);
        Assert.Contains("tally_mismatch", await reader.ReadToEndAsync(SellingWorld.Cancel), StringComparison.Ordinal);
        // The first slice was given and is covered, whatever the client says of it.
        await RefusedPaymentTests.WaitUntilAsync(
            () => Assert.Single(world.Service<PaymentJournal>().Channels).Charged == 3_210UL);
    }

    [Fact]
    public async Task A_provider_that_is_stopped_charges_what_it_gave_of_a_stream()
    {
        await using var world = await SellingWorld.StartAsync();
        world.Models.Answer = context => SayAsync(world, context, 90);
        using var answer = await world.Buyer().OpenAsync(Path, Long, 1_000_000, vouchers: true);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(SellingWorld.Cancel));
        await ReadAsync(reader, 32);
        var rest = reader.ReadToEndAsync(SellingWorld.Cancel);
        await world.RestartGentlyAsync();

        Assert.Contains("provider_stopping", await rest, StringComparison.Ordinal);
        Assert.Equal(3_210UL, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
    }

    [Fact]
    public async Task A_cancelled_or_deserted_stream_stops_engine_and_meter()
    {
        await using var world = await SellingWorld.StartAsync(
            set: o => o.Payments.ReaderGrace = TimeSpan.FromMilliseconds(50));
        world.Models.Answer = async context =>
        {
            await SayAsync(world, context, 5, isWhole: false);
            await world.Models.UntilAbandonedAsync(context);
        };
        var buyer = world.Buyer();
        using var answer = await buyer.OpenAsync(Path, Long, 1_000_000);
        var id = answer.Headers.GetValues("X-Aitbc-Answer").Single();
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(SellingWorld.Cancel));
        await ReadAsync(reader, 5);
        using var stopped = await world.Http.DeleteAsync($"/v1/streams/{id}", SellingWorld.Cancel);
        Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        Assert.Contains(
            "\"charged\":\"510\"", await reader.ReadToEndAsync(SellingWorld.Cancel), StringComparison.Ordinal);
        await world.Models.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(20), SellingWorld.Cancel);

        // A reader who goes away is waited for, then it is over; the stream is at most 64 events ahead of it.
        world.Models.Answer = context => SayAsync(world, context, 100);
        buyer.Total = 510;
        using (var deserted = await buyer.PostAsync(Path, Long, buyer.Voucher(await buyer.AskAsync(Path, Long))))
            Assert.Equal(HttpStatusCode.OK, deserted.StatusCode);
        await RefusedPaymentTests.WaitUntilAsync(
            () => Assert.Single(world.Service<PaymentJournal>().Channels).Use!.Charge is not null);
        Assert.True(Assert.Single(world.Service<PaymentJournal>().Channels).Charged <= 510UL + 10_170);
    }

    [Fact]
    public async Task A_crash_while_a_stream_runs_loses_no_payment_and_takes_none_twice()
    {
        await using var world = await SellingWorld.StartAsync();
        var well = world.Models.Answer;
        world.Models.Answer = async context =>
        {
            await SayAsync(world, context, 5, isWhole: false);
            await world.Models.UntilAbandonedAsync(context);
        };
        var buyer = world.Buyer();
        var required = await buyer.AskAsync(Path, Long);
        var (voucher, transfer) = (buyer.Voucher(required, 1_000_000), buyer.Transfer(required));
        foreach (var payment in new[] { voucher, transfer })
        {
            using var cut = await buyer.PostAsync(Path, Long, payment);
            Assert.Equal(HttpStatusCode.OK, cut.StatusCode);
        }

        var sent = await world.Chain.FinalNonceAsync(world.Provider, SellingWorld.Cancel);
        await world.CrashAsync();
        Assert.Equal(UInt256.Zero, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
        world.Models.Answer = well;
        foreach (var payment in new[] { voucher, transfer })
        {
            using var served = await world.Buyer().PostAsync(Path, Long, payment);
            var text = await served.Content.ReadAsStringAsync(SellingWorld.Cancel);
            Assert.Contains("[DONE]", text, StringComparison.Ordinal);
        }

        // Neither the deposit nor the transfer was handed in again.
        Assert.Equal(770UL, Assert.Single(world.Service<PaymentJournal>().Channels).Charged);
        Assert.Equal(sent, await world.Chain.FinalNonceAsync(world.Provider, SellingWorld.Cancel));
    }

    [Fact]
    public async Task A_transfer_is_on_the_chain_before_the_stream_gives_anything()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer();
        var required = await buyer.AskAsync(Path, Long);
        using var answer = await buyer.PostAsync(Path, Long, buyer.Transfer(required));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var response = Buyer.Decode(answer, X402Headers.Response)!;
        var receipt = await world.Chain.ReceiptAsync(
            Hash256.Parse((string)response["transaction"]!), SellingWorld.Cancel);
        Assert.True(receipt!.Succeeded);
        var text = await answer.Content.ReadAsStringAsync(SellingWorld.Cancel);
        Assert.Contains("[DONE]", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transfer_that_is_cancelled_meanwhile_buys_nothing_though_the_work_was_begun()
    {
        await using var world = await SellingWorld.StartAsync();
        var buyer = world.Buyer(2);
        var plain = world.Models.Answer;
        var nonce = Keccak256.Hash([7]);
        world.Models.Answer = async context =>
        {
            await buyer.CancelAsync(world, nonce);
            await plain(context);
        };
        var required = await buyer.AskAsync(Path, Buyer.Chat);
        var payment = buyer.Transfer(required, a => a with { Nonce = nonce });
        using var answer = await buyer.PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(HttpStatusCode.PaymentRequired, answer.StatusCode);
        Assert.False((bool)Buyer.Decode(answer, X402Headers.Response)!["success"]!);
        Assert.DoesNotContain(
            "Two plus two", await answer.Content.ReadAsStringAsync(SellingWorld.Cancel), StringComparison.Ordinal);

        // The chain says that the nonce is used up, by the cancellation: that is no payment.
        using var again = await buyer.PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(HttpStatusCode.PaymentRequired, again.StatusCode);
        Assert.Single(world.Models.Posts);
    }

    private static Task SayAsync(SellingWorld world, Microsoft.AspNetCore.Http.HttpContext context, int tokens,
        bool isWhole = true)
    {
        var dialect = world.Models.Dialect;
        var records = Enumerable.Range(0, tokens).Select(i => dialect.Text($"w{i} "));
        return world.Models.SayAsync(context, [.. isWhole ? records.Append(dialect.Done(17, tokens)) : records]);
    }

    /// <summary>Reads until so many tokens or the end.</summary>
    private static async Task<(int Tokens, bool Ended)> ReadAsync(StreamReader reader, int most)
    {
        for (var tokens = 0; ;)
        {
            var line = await reader.ReadLineAsync(SellingWorld.Cancel);
            if (line is null or "data: [DONE]")
                return (tokens, true);
            if (line.Contains("\"content\":\"w", StringComparison.Ordinal) && ++tokens == most)
                return (tokens, false);
        }
    }

    private static Task<HttpResponseMessage> RaiseAsync(
        SellingWorld world, string id, UInt256 max, string signature, int? tokens = null, int? at = null)
    {
        var body = new JsonObject { ["maxClaimableAmount"] = max.ToString(), ["signature"] = signature };
        if (tokens is not null)
            (body["tokens"], body["event"]) = (tokens, at - 1);
        return world.Http.PostAsJsonAsync($"/v1/streams/{id}/voucher", body, SellingWorld.Cancel);
    }
}

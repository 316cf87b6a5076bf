using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Sdk.X402;
using Services.Tests.Provider.Selling;
using Xunit;

namespace Services.Tests.Gateway;

/// <summary>What goes away in the middle: nothing is paid twice, nobody works unpaid.</summary>
public sealed class GatewayLossTests
{
    private const string Path = PaidStream.Path;
    private const string Long = PaidStream.Ask;

    [Fact]
    public async Task A_link_that_flaps_in_a_stream_leaves_no_seam_and_one_charge()
    {
        await using var world = await GatewayWorld.StartAsync(null, GatewayTests.Usual);
        var provider = world.Providers[0];
        var go = Script(provider, 60);
        using var stream = await PaidStream.OpenAsync(world.Buyer());
        await stream.UntilAsync("w9 ");
        world.Cut(provider);
        go.SetResult();
        await stream.UntilAsync(null);

        Assert.Equal(60, stream.Words);
        Assert.Contains("data: [DONE]", stream.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("\"error\"", stream.Text, StringComparison.Ordinal);
        var ids = stream.Text.Split('\n').Where(l => l.StartsWith("id: ", StringComparison.Ordinal))
            .Select(l => int.Parse(l[4..])).ToList();
        Assert.Equal(Enumerable.Range(0, ids.Count), ids);
        await UntilChargedAsync(provider, (10 * 17) + (100 * 60));
        Assert.Single(provider.Models.Posts);
    }

    [Fact]
    public async Task A_paid_call_whose_answer_was_lost_with_the_link_is_asked_again_and_executed_once()
    {
        await using var world = await GatewayWorld.StartAsync(null, GatewayTests.Usual);
        var provider = world.Providers[0];
        var release = new TaskCompletionSource();
        provider.Models.Answer = async context =>
        {
            await release.Task;
            await provider.Models.SayAsync(
                context, provider.Models.Dialect.Text("late"), provider.Models.Dialect.Done(17, 1));
        };
        var buyer = world.Buyer();
        var paid = buyer.PostAsync(
            Path, Buyer.Chat, buyer.Transfer(await buyer.AskAsync(Path, Buyer.Chat)));
        await GatewayWorld.UntilAsync(() => !provider.Models.Posts.IsEmpty);
        world.Cut(provider);
        release.SetResult();
        using var answer = await paid;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains(
            "late", await answer.Content.ReadAsStringAsync(SellingWorld.Cancel), StringComparison.Ordinal);
        Assert.Single(provider.Models.Posts);
    }

    [Fact]
    public async Task A_provider_that_crashes_in_a_stream_ends_it_with_what_was_paid_and_who_can_go_on()
    {
        await using var world = await GatewayWorld.StartAsync(
            o => o with { GatewayResumeSeconds = 14 }, GatewayTests.Usual, o =>
            {
                GatewayTests.Usual(o);
                o.ModelPrices[Provider.Models.Dialect.Model] = new() { Prompt = 20, Output = 200 };
            });
        var (lost, other) = (world.Providers[0], world.Providers[1]);
        _ = Script(lost, 60);
        using var stream = await PaidStream.OpenAsync(world.Buyer());
        await stream.UntilAsync("w39 ");
        world.Cut(lost); // what it says while it is stopped reaches nobody
        await lost.CrashAsync();
        await stream.UntilAsync(null);

        var end = stream.Text.Split('\n').Last(l => l.StartsWith("data: ", StringComparison.Ordinal));
        var error = JsonNode.Parse(end[6..])!["error"]!;
        Assert.Equal("provider_lost", (string)error["code"]!);
        Assert.Equal(lost.Provider.ToString(), (string)error["provider"]!);
        Assert.True((bool)error["retryable"]!);
        Assert.True(ulong.Parse((string)error["paidAtMost"]!) >= 3_200);
        Assert.DoesNotContain("[DONE]", stream.Text, StringComparison.Ordinal);
        // As after any crash: what was not written down is not charged.
        Assert.All(lost.Service<PaymentJournal>().Channels, c => Assert.True(c.Charged.IsZero));

        // Another provider goes on from what was given, and is paid for its part alone.
        var rest = """
            {"model":"tiny","max_tokens":60,
            "messages":[{"role":"user","content":"hi"},{"role":"assistant","content":"w0 w1"}]}
            """;
        using var asked = await GatewayTests.SendAsync(
            world, rest, ("X-Aitbc-Exclude", lost.Provider.ToString()));
        var second = world.Buyer();
        using var more = await second.PostAsync(
            Path, rest, second.Voucher(Buyer.Decode(asked, X402Headers.Required)!, 10_000_000));
        Assert.Equal(HttpStatusCode.OK, more.StatusCode);
        Assert.Contains("\"w0 w1\"", other.Models.LastBody, StringComparison.Ordinal);
        await UntilChargedAsync(other, (20 * 17) + (200 * 6));
    }

    [Fact]
    public async Task A_coordinator_that_restarts_ends_its_streams_typed_and_their_clients_resume_at_the_next()
    {
        await using var world = await GatewayWorld.StartAsync(null, GatewayTests.Usual);
        var provider = world.Providers[0];
        var go = Script(provider, 60);
        using var stream = await PaidStream.OpenAsync(world.Buyer());
        await stream.UntilAsync("w9 ");
        var restart = world.RestartAsync();
        await stream.UntilAsync(null);
        await restart;
        var end = stream.Text.Split('\n').Last(l => l.StartsWith("data: ", StringComparison.Ordinal));
        var error = JsonNode.Parse(end[6..])!["error"]!;
        Assert.Equal("gateway_stopping", (string)error["code"]!);

        using var resume = new HttpRequestMessage(HttpMethod.Get, "/v1/streams/" + (string)error["answer"]!);
        resume.Headers.Add("Last-Event-ID", error["lastEvent"]!.ToString());
        resume.Headers.Add("X-Aitbc-Provider", (string)error["provider"]!);
        using var resumed = await world.Http.SendAsync(
            resume, HttpCompletionOption.ResponseHeadersRead, SellingWorld.Cancel);
        Assert.Equal(HttpStatusCode.OK, resumed.StatusCode);
        go.SetResult();
        stream.Append(await resumed.Content.ReadAsStringAsync(SellingWorld.Cancel));
        Assert.Equal(60, stream.Words);
        await UntilChargedAsync(provider, (10 * 17) + (100 * 60));
        Assert.Single(provider.Models.Posts);
    }

    [Fact]
    public async Task A_provider_that_is_stopped_ends_its_streams_over_the_link_with_what_they_cost()
    {
        await using var world = await GatewayWorld.StartAsync(null, GatewayTests.Usual);
        var provider = world.Providers[0];
        _ = Script(provider, 60);
        using var stream = await PaidStream.OpenAsync(world.Buyer());
        await stream.UntilAsync("w39 ");
        var restarting = provider.RestartGentlyAsync();
        await stream.UntilAsync(null);
        await restarting;
        Assert.Equal(40, stream.Words);
        Assert.Contains("provider_stopping", stream.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("provider_lost", stream.Text, StringComparison.Ordinal);
        // The prompt counts a token for each four bytes where the engine did not come to count it.
        Assert.True(Assert.Single(provider.Service<PaymentJournal>().Channels).Charged >= 4_000UL);
    }

    [Fact]
    public async Task Vouchers_and_cancels_reach_the_provider_that_has_the_answer()
    {
        await using var world = await GatewayWorld.StartAsync(null, GatewayTests.Usual);
        var provider = world.Providers[0];
        _ = Script(provider, 60, first: 50);
        var buyer = world.Buyer();
        var required = await buyer.AskAsync(Path, Long, vouchers: true);
        using var answer = await buyer.PostAsync(Path, Long, buyer.Voucher(required, 1_000_000), vouchers: true);
        var id = answer.Headers.GetValues("X-Aitbc-Answer").Single();
        using var stream = await PaidStream.ReadAsync(answer);
        await stream.UntilAsync("w31 ");
        var channel = Assert.Single(provider.Service<PaymentJournal>().Channels).Id;
        var voucher = new JsonObject
        {
            ["maxClaimableAmount"] = "500000",
            ["signature"] = buyer.Sign(channel, 500_000),
        };
        using var raised = await world.Http.PostAsync(
            $"/v1/streams/{id}/voucher",
            new StringContent(voucher.ToJsonString(), Encoding.UTF8, "application/json"), SellingWorld.Cancel);
        Assert.Equal(HttpStatusCode.OK, raised.StatusCode);
        await stream.UntilAsync("w49 ");
        using var stopped = await world.Http.DeleteAsync($"/v1/streams/{id}", SellingWorld.Cancel);
        Assert.Equal(HttpStatusCode.NoContent, stopped.StatusCode);
        await stream.UntilAsync(null);
        Assert.Equal(50, stream.Words);
        await provider.Models.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(20), SellingWorld.Cancel);
        using var unknown = await world.Http.GetAsync($"/v1/streams/{new string('0', 32)}", SellingWorld.Cancel);
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    /// <summary>The model says so many words: some at once, the rest when it is told to.</summary>
    private static TaskCompletionSource Script(SellingWorld world, int words, int first = 40)
    {
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Models.Answer = async context =>
        {
            var dialect = world.Models.Dialect;
            for (var i = 0; i < words; i++)
            {
                if (i == first)
                    await go.Task.WaitAsync(context.RequestAborted);
                await world.Models.SayAsync(context, dialect.Text($"w{i} "));
            }

            await world.Models.SayAsync(context, dialect.Done(17, words));
        };
        return go;
    }

    private static Task UntilChargedAsync(SellingWorld world, ulong amount) => GatewayWorld.UntilAsync(
        () => world.Service<PaymentJournal>().Channels.Any(c => c.Charged == amount));
}

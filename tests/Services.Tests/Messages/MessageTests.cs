using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Coordinator;
using Aitbc.Coordinator.Messages;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Messages;
using Aitbc.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Services.Tests.Coordinator;
using Services.Tests.Coordinator.PostgreSql;
using Xunit;

namespace Services.Tests.Messages;

/// <summary>Messages from agent to agent: a real chain, a real wallet, a real coordinator.</summary>
public class MessageTests : MarketSuite
{
    private static CancellationToken Cancel => MailWorld.Cancel;

    [Fact]
    public async Task A_message_comes_once_is_read_by_its_agent_and_is_gone_when_it_was_acknowledged()
    {
        await using var world = await WorldAsync();
        var sent = await world.SendAsync("hello Ben", "work");
        await world.SendAsync("second");
        var read = await world.ReadAsync();
        Assert.Equal(["hello Ben", "second"], read.Select(r => Encoding.UTF8.GetString(r.Text!)));
        Assert.Equal(
            (MailWorld.Ann, "work", sent.Id, sent.Digest(7777)),
            (read[0].Message.From, read[0].Message.Topic, read[0].Message.Id, read[0].Digest));
        Assert.All(read, r => Assert.Equal((null, null), (r.Fault, r.OpenedAt)));
        Assert.All(await world.ReadAsync(), r => Assert.NotNull(r.OpenedAt));

        await world.Mailbox(1).AcknowledgeAsync(MailWorld.Ben, [read[0]], Cancel);
        Assert.Equal("second", Encoding.UTF8.GetString(Assert.Single(await world.ReadAsync()).Text!));
        await world.Mailbox(1).AcknowledgeAsync(MailWorld.Ben, read, Cancel);
        Assert.Empty(await world.ReadAsync());
        var again = await world.ClientOf(1).AcknowledgeAsync(MailWorld.Ben, [.. read.Select(r => r.Digest)], Cancel);
        Assert.Equal(0, again.Acknowledged);
    }

    [Fact]
    public async Task A_post_that_was_answered_outlives_the_coordinator_and_repeating_it_posts_nothing_more()
    {
        await using var world = await WorldAsync();
        var mailbox = world.Mailbox(0);
        var message = await mailbox.SealAsync(MailWorld.Ann, MailWorld.Ben, "kept"u8.ToArray(), "", Cancel);
        var receipts = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => mailbox.PostAsync(message, Cancel)));
        Assert.Single(receipts.Distinct());
        await world.Market.RestartAsync();
        Assert.Equal(receipts[0], await world.Mailbox(0).PostAsync(message, Cancel));
        var read = Assert.Single(await world.ReadAsync());
        await world.Mailbox(1).AcknowledgeAsync(MailWorld.Ben, [read], Cancel);
        // Also after it was acknowledged, and after a restart: it does not come back.
        await world.Market.RestartAsync();
        await world.Mailbox(0).PostAsync(message, Cancel);
        Assert.Empty(await world.ReadAsync());
    }

    [Fact]
    public async Task A_stranger_neither_reads_nor_acknowledges_an_inbox_and_nobody_writes_for_another()
    {
        await using var world = await WorldAsync();
        var sent = await world.SendAsync("for Ben only");
        foreach (var stranger in new[] { world.ClientOf(0), world.Market.Stranger })
        {
            var read = await RefusedAsync(() => stranger.InboxAsync(MailWorld.Ben, new InboxQuery(), Cancel));
            Assert.Equal((403, ProblemCodes.Forbidden), (read.Status, read.Code));
            var done = await RefusedAsync(
                () => stranger.AcknowledgeAsync(MailWorld.Ben, [sent.Digest(7777)], Cancel));
            Assert.Equal(403, done.Status);
        }

        // The digest of another's message in an inbox of one's own takes nothing out of the other's.
        Assert.Equal(
            0, (await world.ClientOf(0).AcknowledgeAsync(MailWorld.Ann, [sent.Digest(7777)], Cancel)).Acknowledged);
        Assert.Single(await world.ReadAsync());
        using var nobody = await world.Market.Http.GetAsync("v1/messages?agent=1", Cancel);
        Assert.Equal(HttpStatusCode.Unauthorized, nobody.StatusCode);
        var forged = await world.SignAsync(sent with { Id = Keccak256.Hash("another"u8) }, account: 1);
        Assert.Equal(
            ProblemCodes.SignatureInvalid,
            (await RefusedAsync(() => world.Market.Client.PostMessageAsync(forged, Cancel))).Code);
    }

    [Fact]
    public async Task What_cannot_be_delivered_is_refused_with_its_reason()
    {
        await using var world = await WorldAsync();
        var sent = await world.SendAsync("first");
        var other = await world.SignAsync(sent with { Topic = "changed" }, 0);
        Assert.Equal((409, ProblemCodes.MessageIdUsed), await CodeAsync(world, other));
        var unknown = await world.SignAsync(sent with { To = 99, Id = Id(1) }, 0);
        Assert.Equal((404, ProblemCodes.AgentUnknown), await CodeAsync(world, unknown));
        var deaf = await world.SignAsync(sent with { To = MailWorld.Deaf, Id = Id(2) }, 0);
        Assert.Equal((409, ProblemCodes.NoMessageKey), await CodeAsync(world, deaf));
        var key = await world.SignAsync(sent with { ReceiverKey = Id(9), Id = Id(3) }, 0);
        Assert.Equal((409, ProblemCodes.MessageKeyStale), await CodeAsync(world, key));
        var old = await world.SignAsync(sent with { SentAt = sent.SentAt - 3700, Id = Id(4) }, 0);
        Assert.Equal((400, ProblemCodes.MessageStale), await CodeAsync(world, old));
        var ahead = await world.SignAsync(sent with { SentAt = sent.SentAt + 400, Id = Id(5) }, 0);
        Assert.Equal((400, ProblemCodes.MessageStale), await CodeAsync(world, ahead));
        Assert.Equal((400, ProblemCodes.MessageMalformed), await CodeAsync(world, sent with { Topic = "NO" }));
        Assert.Equal((400, ProblemCodes.MessageMalformed), await CodeAsync(world, sent with { Sealed = "AAAA" }));
        var none = await RefusedAsync(() => world.Mailbox(0).SealAsync(0, MailWorld.Deaf, default, "", Cancel));
        Assert.Equal(ProblemCodes.NoMessageKey, none.Code);
        Assert.Single(await world.ReadAsync());
    }

    [Fact]
    public async Task An_inbox_takes_so_much_of_a_sender_and_so_much_in_all_until_it_is_read()
    {
        await using var world = await WorldAsync(o => o with { MessagesPerInbox = 4, MessagesPerSender = 3 });
        for (var i = 0; i < 3; i++)
            await world.SendAsync($"{i}");
        var full = await RefusedAsync(() => world.SendAsync("too many"));
        Assert.Equal((429, ProblemCodes.InboxFull, true), (full.Status, full.Code, full.Retryable));

        var self = world.Mailbox(1);
        var note = await self.SealAsync(MailWorld.Ben, MailWorld.Ben, "note"u8.ToArray(), "", Cancel);
        await self.PostAsync(note, Cancel);
        var more = await self.SealAsync(MailWorld.Ben, MailWorld.Ben, "another"u8.ToArray(), "", Cancel);
        Assert.Equal(ProblemCodes.InboxFull, (await RefusedAsync(() => self.PostAsync(more, Cancel))).Code);

        var read = await world.ReadAsync();
        Assert.Equal(4, read.Count);
        await self.AcknowledgeAsync(MailWorld.Ben, [read[0]], Cancel);
        await world.SendAsync("fits now");
    }

    [Fact]
    public async Task Pages_topics_and_senders_choose_and_numbers_rise()
    {
        await using var world = await WorldAsync();
        foreach (var topic in new[] { "a", "b", "a", "", "c" })
            await world.SendAsync($"about {topic}", topic);
        var client = world.ClientOf(1);
        var first = await client.InboxAsync(MailWorld.Ben, new InboxQuery { Limit = 2 }, Cancel);
        var second = await client.InboxAsync(
            MailWorld.Ben, new InboxQuery { Limit = 3, After = first.Next }, Cancel);
        Assert.Equal(["a", "b", "a", "", "c"], first.Messages.Concat(second.Messages).Select(m => m.Message.Topic));
        Assert.Null(second.Next);
        Assert.Equal(
            first.Messages.Concat(second.Messages).Select(m => m.Number).Order(),
            first.Messages.Concat(second.Messages).Select(m => m.Number));
        var some = await client.InboxAsync(MailWorld.Ben, new InboxQuery { Topics = ["c", "a"] }, Cancel);
        Assert.Equal(["a", "a", "c"], some.Messages.Select(m => m.Message.Topic));
        Assert.Empty((await client.InboxAsync(MailWorld.Ben, new InboxQuery { Sender = 1 }, Cancel)).Messages);
        foreach (var query in new[]
        {
            new InboxQuery { Limit = 101 }, new InboxQuery { WaitSeconds = 31 }, new InboxQuery { Topics = ["A"] },
            new InboxQuery { Sender = ulong.MaxValue },
        })
        {
            Assert.Equal(400, (await RefusedAsync(() => client.InboxAsync(MailWorld.Ben, query, Cancel))).Status);
        }
    }

    [Fact]
    public async Task Who_waits_is_woken_by_a_message_and_has_nothing_when_its_time_is_over()
    {
        await using var world = await WorldAsync();
        var waits = Enumerable.Range(0, 3).Select(_ => world.ReadAsync(new InboxQuery { WaitSeconds = 30 })).ToList();
        await world.SendAsync("wake up");
        foreach (var read in await Task.WhenAll(waits))
            Assert.Equal("wake up", Encoding.UTF8.GetString(Assert.Single(read).Text!));
        await world.Mailbox(1).AcknowledgeAsync(MailWorld.Ben, await waits[0], Cancel);

        var nothing = world.ReadAsync(new InboxQuery { WaitSeconds = 1 });
        while (!nothing.IsCompleted)
        {
            world.Market.Time.Advance(TimeSpan.FromSeconds(1));
            await Task.WhenAny(nothing, Task.Delay(20, Cancel));
        }

        Assert.Empty(await nothing);
    }

    [Fact]
    public async Task An_inbox_has_so_many_waits_and_one_that_ended_makes_room()
    {
        await using var world = await WorldAsync();
        var signals = world.Market.Services.GetRequiredService<InboxSignals>();
        var waits = Enumerable.Range(0, InboxSignals.MostAtOnce).Select(_ => signals.Enter(MailWorld.Ben)).ToList();
        var client = world.ClientOf(1);
        var query = new InboxQuery { WaitSeconds = 30 };
        var busy = await RefusedAsync(() => client.InboxAsync(MailWorld.Ben, query, Cancel));
        Assert.Equal((503, ProblemCodes.Busy, true), (busy.Status, busy.Code, busy.Retryable));
        waits[0].Dispose();
        await world.SendAsync("here");
        Assert.Single((await client.InboxAsync(MailWorld.Ben, query, Cancel)).Messages);
        foreach (var wait in waits.Skip(1))
            wait.Dispose();
    }

    [Fact]
    public async Task What_nobody_reads_is_gone_after_seven_days()
    {
        await using var world = await WorldAsync();
        await world.SendAsync("lost");
        world.Market.Time.Advance(TimeSpan.FromDays(7) + TimeSpan.FromSeconds(1));
        Assert.Empty((await world.ClientOf(1).InboxAsync(MailWorld.Ben, new InboxQuery(), Cancel)).Messages);
        var sweep = world.Market.Services.GetServices<IHostedService>().OfType<InboxSweep>().Single();
        await sweep.PassAsync(Cancel);
        await world.SendAsync("later");
        Assert.Equal("later", Encoding.UTF8.GetString(Assert.Single(await world.ReadAsync()).Text!));
    }

    [Fact]
    public async Task A_message_with_any_member_damaged_is_refused_with_a_reason_and_is_never_an_internal_error()
    {
        await using var world = await WorldAsync();
        var sent = await world.SendAsync("whole");
        (string Path, JsonNode Body)[] bodies =
        [
            ("v1/messages", JsonSerializer.SerializeToNode(sent, MarketJson.Default.AgentMessage)!),
            ("v1/messages/ack", JsonSerializer.SerializeToNode(
                new InboxAck(MailWorld.Ben, [sent.Digest(7777)]), MarketJson.Default.InboxAck)!),
        ];
        var broken = new List<string>();
        foreach (var (path, where, json) in bodies.SelectMany(
            b => JsonMutations.Of(b.Body).Select(m => (b.Path, m.Where, m.Json))))
        {
            using var body = new StringContent(json, Encoding.UTF8, "application/json");
            using var answer = await world.Market.Http.PostAsync(path, body, Cancel);
            using var said = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancel));
            // Some damage is none: agent 0 is still agent 0, and a topic that is left out is the empty one.
            var isFine = answer.IsSuccessStatusCode
                ? said.RootElement.GetProperty("digest").GetString() == sent.Digest(7777).ToString()
                : (int)answer.StatusCode < 500 && said.RootElement.GetProperty("code").GetString() is { Length: > 0 };
            if (!isFine)
                broken.Add($"{path} {where}: {(int)answer.StatusCode}");
        }

        Assert.Empty(broken);
        Assert.Single(await world.ReadAsync());
    }

    internal Task<MailWorld> WorldAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        MailWorld.StartAsync(StartAsync, change);

    private static Hash256 Id(byte number) => Hash256.FromBytes([number, .. new byte[31]]);

    private static async Task<(int Status, string Code)> CodeAsync(MailWorld world, AgentMessage message)
    {
        var problem = await RefusedAsync(() => world.Market.Client.PostMessageAsync(message, Cancel));
        return (problem.Status, problem.Code);
    }

    private static async Task<AitbcProblem> RefusedAsync(Func<Task> act) =>
        (await Assert.ThrowsAsync<AitbcException>(act)).Problem;
}

public sealed class MessageOnPostgreSqlTests : MessageTests
{
    internal override Task<Market> StartAsync(Func<CoordinatorOptions, CoordinatorOptions>? change = null) =>
        OnPostgreSql.StartAsync(change);
}

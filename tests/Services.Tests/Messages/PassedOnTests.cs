using System.Text;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Messages;
using Services.Tests.Coordinator;
using Xunit;

namespace Services.Tests.Messages;

/// <summary>Two coordinators with a database each: a message goes to the one at which its receiver reads.</summary>
public sealed class PassedOnTests
{
    private static CancellationToken Cancel => MailWorld.Cancel;

    [Fact]
    public async Task A_message_reaches_the_inbox_that_its_receiver_names_by_the_sender_s_coordinator()
    {
        await using var world = await MailWorld.StartAsync(
            Market.StartAsync, o => o with { GatewayPrivateAddresses = true });
        var there = await Market.StartAsync(o => o with { NodeUrl = world.NodeUrl });
        await NameAsync(world, there);
        var message = await SealAsync(world, "over there");
        var receipt = await world.Mailbox(0).PostAsync(message, Cancel);
        Assert.Equal(receipt, await world.Mailbox(0).PostAsync(message, Cancel));

        Assert.Empty(await world.ReadAsync());
        var reader = new MarketClient(there.Http, world.Wallet.Client, world.Accounts[1], there.Time);
        var mailbox = new AgentMailbox(world.Chain, world.Wallet.Client, reader, world.Accounts[1]);
        var read = Assert.Single(await mailbox.ReadAsync(MailWorld.Ben, new InboxQuery(), Cancel));
        Assert.Equal((null, "over there"), (read.Fault, Encoding.UTF8.GetString(read.Text!)));

        // What it refuses there is refused here, by its code; where nobody answers, nothing is taken.
        var other = await world.SignAsync(message with { SentAt = message.SentAt + 1 }, 0);
        Assert.Equal(ProblemCodes.MessageIdUsed, await CodeAsync(world, other));
        await there.DisposeAsync();
        Assert.Equal(ProblemCodes.InboxUnreachable, await CodeAsync(world, await SealAsync(world, "lost?")));
        Assert.Empty(await world.ReadAsync());
    }

    [Fact]
    public async Task Nobody_makes_a_coordinator_write_to_its_neighbours()
    {
        await using var world = await MailWorld.StartAsync(Market.StartAsync);
        await using var there = await Market.StartAsync(o => o with { NodeUrl = world.NodeUrl });
        await NameAsync(world, there);
        Assert.Equal(ProblemCodes.InboxUnreachable, await CodeAsync(world, await SealAsync(world, "knock")));
        Assert.Empty(await world.ReadAsync());
    }

    private static async Task NameAsync(MailWorld world, Market place) => await world.Agents.SetMetadataAsync(
        world.Accounts[1], MailWorld.Ben, MessageSealing.InboxKey,
        Encoding.UTF8.GetBytes(place.Http.BaseAddress!.ToString()), Cancel);

    private static Task<AgentMessage> SealAsync(MailWorld world, string text) => world.Mailbox(0).SealAsync(
        MailWorld.Ann, MailWorld.Ben, Encoding.UTF8.GetBytes(text), "", Cancel);

    private static async Task<string> CodeAsync(MailWorld world, AgentMessage message) =>
        (await Assert.ThrowsAsync<AitbcException>(() => world.Mailbox(0).PostAsync(message, Cancel))).Problem.Code;
}

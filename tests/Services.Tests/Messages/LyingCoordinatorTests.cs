using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Sdk.Agents;
using Aitbc.Sdk.Messages;
using Services.Tests.Coordinator;
using Xunit;

namespace Services.Tests.Messages;

/// <summary>A coordinator that changes, swaps or repeats what it gives out is noticed by who reads.</summary>
public sealed class LyingCoordinatorTests
{
    private static CancellationToken Cancel => MailWorld.Cancel;

    [Fact]
    public async Task A_changed_member_is_a_fault_and_no_text_is_given()
    {
        const string Word = "\"0x1111111111111111111111111111111111111111111111111111111111111111\"";
        (string Member, string Value, string Fault)[] lies =
        [
            ("from", "2", MessageFaults.SignatureInvalid), // another agent of the same account
            ("from", "77", MessageFaults.UnknownSender),
            ("to", "0", MessageFaults.WrongReceiver),
            ("id", Word, MessageFaults.SignatureInvalid),
            ("sentAt", "1764000001", MessageFaults.SignatureInvalid),
            ("topic", "\"other\"", MessageFaults.SignatureInvalid),
            ("topic", "\"NOT ONE\"", MessageFaults.Malformed),
            ("receiverKey", Word, MessageFaults.SignatureInvalid),
            ("senderKey", Word, MessageFaults.SignatureInvalid),
            ("sealed", "\"AAAA\"", MessageFaults.Malformed),
            ("signature", "\"0x00\"", MessageFaults.Malformed),
        ];
        await using var world = await MailWorld.StartAsync(Market.StartAsync);
        await world.SendAsync("true words", "work");
        foreach (var (member, value, fault) in lies)
        {
            var read = await world.ReadAsync(between: new Liar(
                messages => messages[0]!["message"]![member] = JsonNode.Parse(value)));
            Assert.Equal((member, fault, null), (member, Assert.Single(read).Fault, read[0].Text));
        }

        // What it really holds is what was sent.
        Assert.Equal("true words", Encoding.UTF8.GetString(Assert.Single(await world.ReadAsync()).Text!));
    }

    [Fact]
    public async Task Swapped_texts_replays_and_texts_under_another_name_are_noticed()
    {
        await using var world = await MailWorld.StartAsync(Market.StartAsync);
        await world.SendAsync("one");
        await world.SendAsync("two");
        var swapped = await world.ReadAsync(between: new Liar(messages =>
        {
            var (one, two) = (messages[0]!["message"]!, messages[1]!["message"]!);
            (one["sealed"], two["sealed"]) = (two["sealed"]!.DeepClone(), one["sealed"]!.DeepClone());
        }));
        Assert.All(swapped, r => Assert.Equal(MessageFaults.SignatureInvalid, r.Fault));

        JsonArray? kept = null;
        var read = await world.ReadAsync(between: new Liar(messages => kept = (JsonArray)messages.DeepClone()));
        Assert.All(read, r => Assert.Equal((null, null), (r.Fault, r.OpenedAt)));
        await world.Mailbox(1).AcknowledgeAsync(MailWorld.Ben, read, Cancel);
        var replayed = await world.ReadAsync(between: new Liar(messages =>
        {
            foreach (var one in kept!)
                messages.Add(one!.DeepClone());
        }));
        Assert.Equal(2, replayed.Count);
        Assert.All(replayed, r => Assert.NotNull(r.OpenedAt));

        // Ben takes Ann's sealed text and signs it as his own, to himself.
        var stolen = await world.SignAsync(
            read[0].Message with { From = MailWorld.Ben, Id = Keccak256.Hash("mine"u8) }, account: 1);
        await world.Market.Client.PostMessageAsync(stolen, Cancel);
        Assert.Equal(MessageFaults.Unreadable, Assert.Single(await world.ReadAsync()).Fault);
    }

    [Fact]
    public async Task Two_messages_with_one_id_of_one_sender_are_one_and_a_fault()
    {
        await using var world = await MailWorld.StartAsync(Market.StartAsync);
        var first = await world.SendAsync("pay 1");
        Assert.Null(Assert.Single(await world.ReadAsync()).Fault);
        var sealing = new MessageDraft(
            first.From, first.To, first.Id, first.SentAt, first.Topic, first.ReceiverKey);
        var second = await world.SignAsync(MessageSealing.Seal(sealing, 7777, "pay 2"u8), 0);
        var read = await world.ReadAsync(between: new Liar(messages =>
        {
            foreach (var (name, value) in new[] { ("senderKey", second.SenderKey.ToString()),
                ("sealed", second.Sealed), ("signature", second.Signature) })
                messages[0]!["message"]![name] = value;
        }));
        Assert.Equal((MessageFaults.Replayed, null), (Assert.Single(read).Fault, read[0].Text));
    }

    /// <summary>Changes the inbox on its way to the reader.</summary>
    private sealed class Liar(Action<JsonArray> change) : DelegatingHandler(new SocketsHttpHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            if (request.Method != HttpMethod.Get || !response.IsSuccessStatusCode)
                return response;
            var page = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken))!;
            change(page["messages"]!.AsArray());
            response.Content = new StringContent(page.ToJsonString(), new MediaTypeHeaderValue("application/json"));
            return response;
        }
    }
}

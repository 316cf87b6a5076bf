using System.Text;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Messages;
using CsCheck;
using Xunit;

namespace Core.Tests.Messages;

/// <summary>Messages between agents as specs/market/messages.md says, and what happens to a changed one.</summary>
public sealed class AgentMessageTests
{
    private const ulong Chain = 7777;
    private static readonly byte[] Receiver = [.. Enumerable.Repeat((byte)7, 32)];
    private static readonly Hash256 ReceiverKey = Hash256.FromBytes(SealedBox.PublicKeyOf(Receiver));

    [Fact]
    public void The_vectors_seal_sign_and_open_as_another_implementation_does()
    {
        var cases = Vectors.Load("messages");
        Assert.True(cases.Count >= 3);
        foreach (var one in cases)
        {
            var given = one.GetProperty("message");
            var chain = one.GetProperty("chainId").GetUInt64();
            using var signer = PrivateKey.FromBytes(Hex.Parse(one.Text("signerSecret")));
            var draft = new MessageDraft(
                given.GetProperty("from").GetUInt64(),
                given.GetProperty("to").GetUInt64(),
                Hash256.Parse(given.Text("id")),
                given.GetProperty("sentAt").GetUInt64(),
                given.Text("topic"),
                Hash256.Parse(given.Text("receiverKey")));
            var message = MessageSealing.Seal(
                draft, chain, Hex.Parse(one.Text("payload")), Hex.Parse(one.Text("senderSecret")),
                Hex.Parse(one.Text("nonce")));
            Assert.Equal(given.Text("senderKey"), message.SenderKey.ToString());
            Assert.Equal(one.Text("headerDigest"), message.HeaderDigest(chain).ToString());
            Assert.Equal(given.Text("sealed"), message.Sealed);
            Assert.Equal(one.Text("digest"), message.Digest(chain).ToString());
            var signed = message with { Signature = Hex.ToHex(signer.Sign(message.Digest(chain)).ToBytes65()) };
            Assert.Equal(given.Text("signature"), signed.Signature);
            Assert.Equal(Address.Parse(one.Text("signer")), signed.SignerOf(chain));
            Assert.Equal(
                one.Text("payload"),
                Hex.ToHex(MessageSealing.TryOpen(signed, chain, Hex.Parse(one.Text("receiverSecret")))!));
        }
    }

    [Fact]
    public void A_message_of_any_length_opens_for_its_receiver_and_for_nobody_else() =>
        Gen.Select(Gen.Byte.Array[0, 300], Gen.ULong[0, AgentMessage.MaxAgent], Gen.ULong[0, AgentMessage.MaxAgent])
            .Sample((text, from, to) =>
            {
                var message = Seal(text, from, to);
                Assert.True((message with { Signature = "0x" + new string('0', 130) }).IsWellFormed());
                Assert.Equal(text, MessageSealing.TryOpen(message, Chain, Receiver));
                Assert.Null(MessageSealing.TryOpen(message, Chain, [.. Enumerable.Repeat((byte)8, 32)]));
                Assert.Null(MessageSealing.TryOpen(message, Chain + 1, Receiver));
            }, iter: 200);

    [Fact]
    public void Any_flipped_bit_does_not_open_and_is_not_what_was_signed()
    {
        using var key = PrivateKey.FromBytes([.. Enumerable.Repeat((byte)1, 32)]);
        Gen.Select(Gen.Byte.Array[0, 60], Gen.Int[0, 7], Gen.Int[0, 10_000]).Sample((text, member, bit) =>
        {
            var message = Seal(text, 3, 5);
            message = message with { Signature = Hex.ToHex(key.Sign(message.Digest(Chain)).ToBytes65()) };
            Assert.Equal(key.Address, message.SignerOf(Chain));
            var changed = member switch
            {
                0 => message with { From = message.From ^ (1UL << (bit % 53)) },
                1 => message with { To = message.To ^ (1UL << (bit % 53)) },
                2 => message with { Id = Flip(message.Id, bit) },
                3 => message with { SentAt = message.SentAt ^ (1UL << (bit % 53)) },
                4 => message with { Topic = message.Topic + (char)('a' + (bit % 26)) },
                5 => message with { ReceiverKey = Flip(message.ReceiverKey, bit) },
                6 => message with { SenderKey = Flip(message.SenderKey, bit) },
                _ => message with { Sealed = Flip(message.Sealed, bit) },
            };
            Assert.NotEqual(message, changed);
            Assert.NotEqual(key.Address, changed.SignerOf(Chain));
            Assert.Null(MessageSealing.TryOpen(changed, Chain, Receiver));
        }, iter: 400);
    }

    [Fact]
    public void The_longest_text_is_sealed_and_one_byte_more_is_not()
    {
        var message = Seal(new byte[AgentMessage.MaxPayload]);
        Assert.Equal(AgentMessage.MaxSealed, message.Sealed.Length);
        Assert.NotNull(message.TrySealedBytes());
        Assert.Throws<ArgumentException>(() => Seal(new byte[AgentMessage.MaxPayload + 1]));
        var longer = Convert.ToBase64String(new byte[SealedBox.Overhead + AgentMessage.MaxPayload + 1]);
        Assert.Null((message with { Sealed = longer }).TrySealedBytes());
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("not base64 at all, whatever it is, and long enough for a nonce and for a tag..")]
    public void A_sealed_text_that_is_none_is_malformed_and_never_an_exception(string text)
    {
        var message = Seal([1]) with { Sealed = text, Signature = "0x" + new string('1', 130) };
        Assert.False(message.IsWellFormed());
        Assert.Null(message.SignerOf(Chain));
        Assert.Null(MessageSealing.TryOpen(message, Chain, Receiver));
    }

    [Fact]
    public void Base64_has_one_spelling()
    {
        var message = Seal([1]); // 41 bytes: the last character has bits that stand for nothing
        Assert.EndsWith("=", message.Sealed, StringComparison.Ordinal);
        var place = message.Sealed.IndexOf('=', StringComparison.Ordinal) - 1;
        var other = (char)(message.Sealed[place] + 1);
        var spelled = message.Sealed[..place] + other + message.Sealed[(place + 1)..];
        Assert.Null((message with { Sealed = spelled }).TrySealedBytes());
        Assert.Null((message with { Sealed = message.Sealed + "\n" }).TrySealedBytes());
    }

    [Fact]
    public void A_key_that_anybody_could_hold_is_not_sealed_for()
    {
        foreach (var low in new[] { new byte[32], [1, .. new byte[31]] })
        {
            Assert.Null(SealedBox.TrySeal(low, Receiver, new byte[24], [], [1]));
            Assert.Null(SealedBox.TryOpen(Receiver, low, [], new byte[SealedBox.Overhead + 1]));
        }
    }

    [Theory]
    [InlineData("work/translate.v1", true)]
    [InlineData("", true)]
    [InlineData("Work", false)]
    [InlineData("a,b", false)]
    [InlineData("a b", false)]
    [InlineData("ä", false)]
    public void A_topic_is_of_few_characters(string topic, bool may) => Assert.Equal(may, AgentMessage.IsTopic(topic));

    private static AgentMessage Seal(byte[] text, ulong from = 3, ulong to = 5) => MessageSealing.Seal(
        new MessageDraft(
            from, to, Keccak256.Hash(Encoding.UTF8.GetBytes("id")), 1_800_000_000, "work", ReceiverKey),
        Chain,
        text);

    private static Hash256 Flip(Hash256 word, int bit)
    {
        var bytes = word.ToArray();
        bytes[bit / 8 % bytes.Length] ^= (byte)(1 << (bit % 8));
        return Hash256.FromBytes(bytes);
    }

    private static string Flip(string base64, int bit)
    {
        var bytes = Convert.FromBase64String(base64);
        bytes[bit / 8 % bytes.Length] ^= (byte)(1 << (bit % 8));
        return Convert.ToBase64String(bytes);
    }
}

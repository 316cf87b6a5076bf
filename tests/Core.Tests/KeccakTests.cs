using System.Runtime.Intrinsics.X86;
using System.Text;
using Aitbc.Primitives;
using Org.BouncyCastle.Crypto.Digests;
using Xunit;

namespace Core.Tests;

/// <summary>
/// Keccak-256 against BouncyCastle and known hashes, on every path that the processor has. A run with
/// DOTNET_EnableAVX512=0 or DOTNET_EnableAVX2=0 takes the other paths by itself.
/// </summary>
public sealed class KeccakTests
{
    public static TheoryData<int> Paths =>
        [.. new[] { 1, 4, 8 }.Where(p => p == 1 || (p == 4 ? Avx2.IsSupported : Avx512F.IsSupported))];

    // The empty string and "abc": Keccak team, ShortMsgKAT_256; the others are selectors that every Ethereum tool has.
    [Theory]
    [InlineData("", "0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")]
    [InlineData("abc", "0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45")]
    [InlineData("Transfer(address,address,uint256)",
        "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef")]
    public void Known_texts_have_their_published_hashes(string text, string expected) =>
        Assert.Equal(expected, Keccak256.Hash(Encoding.ASCII.GetBytes(text)).ToString());

    [Fact]
    public void Every_length_up_to_600_bytes_hashes_as_BouncyCastle_does()
    {
        for (var length = 0; length <= 600; length++)
            Assert.Equal(Oracle(Message(length, 1)), Keccak256.Hash(Message(length, 1)));
        Assert.Equal(Oracle(Message(100_000, 3)), Keccak256.Hash(Message(100_000, 3)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Many_messages_of_every_length_hash_as_one_by_one(int lanes)
    {
        // Eight of each length fill the lanes; the order is mixed so that groups of several lengths are open at once.
        var messages = Enumerable.Range(0, 8 * 601)
            .Select(i => (ReadOnlyMemory<byte>)Message(i * 7 % 601, i)).ToArray();
        Check(messages, lanes);
        Assert.All(Enumerable.Range(0, 601), length => Assert.Contains(messages, m => m.Length == length));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Groups_that_are_not_full_and_long_messages_hash_right(int lanes)
    {
        for (var count = 0; count <= 17; count++)
        {
            var messages = Enumerable.Range(0, count)
                .Select(i => (ReadOnlyMemory<byte>)Message(40 + (300 * (i % 3)), i));
            Check([.. messages], lanes);
        }

        Check([Message(1_087, 1), Message(1_088, 2), Message(5_000, 3), Message(1_087, 4), Message(135, 5)], lanes);
    }

    [Fact]
    public void The_widest_path_of_the_processor_is_taken() =>
        Assert.Equal(Avx512F.IsSupported ? 8 : Avx2.IsSupported ? 4 : 1, Keccak256.Lanes);

    private static void Check(ReadOnlyMemory<byte>[] messages, int lanes)
    {
        var hashes = new Hash256[messages.Length];
        Keccak256.HashMany(messages, hashes, lanes);
        for (var i = 0; i < messages.Length; i++)
            Assert.Equal(Oracle(messages[i].Span), hashes[i]);
    }

    private static byte[] Message(int length, int seed)
    {
        var message = new byte[length];
        for (var i = 0; i < length; i++)
            message[i] = (byte)((i * 31) + (seed * 17) + (i >> 8));
        return message;
    }

    private static Hash256 Oracle(ReadOnlySpan<byte> message)
    {
        var digest = new KeccakDigest(256);
        digest.BlockUpdate(message);
        var hash = new byte[Hash256.Length];
        digest.DoFinal(hash);
        return Hash256.FromBytes(hash);
    }
}

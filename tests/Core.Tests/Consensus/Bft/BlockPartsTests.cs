using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Primitives;
using Xunit;

namespace Core.Tests.Consensus.Bft;

public sealed class BlockPartsTests
{
    private static readonly Hash256 Hash = Keccak256.Hash("block"u8);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(BlockParts.Length, 1)]
    [InlineData(BlockParts.Length + 1, 2)]
    [InlineData((3 * BlockParts.Length) - 1, 3)]
    [InlineData(BlockParts.MaxBody, 24)]
    public void A_body_is_the_sum_of_its_parts_and_each_proves_its_place(int length, int count)
    {
        var body = Body(length);
        var info = BlockParts.Describe(Hash, body);
        var parts = BlockParts.Split(body);
        Assert.Equal(count, parts.Count);
        Assert.Equal(length, info.TotalBytes);
        Assert.All(parts, part => Assert.True(BlockParts.Verify(info, part)));
        Assert.Equal(body, parts.SelectMany(p => p.Bytes.ToArray()).ToArray());
    }

    [Fact]
    public void A_part_of_another_place_length_proof_or_content_is_none()
    {
        var body = Body((2 * BlockParts.Length) + 10);
        var info = BlockParts.Describe(Hash, body);
        var parts = BlockParts.Split(body);
        Assert.False(BlockParts.Verify(info, parts[0] with { Index = 1 }));
        Assert.False(BlockParts.Verify(info, parts[0] with { Index = -1 }));
        Assert.False(BlockParts.Verify(info, parts[2] with { Index = 3 }));
        Assert.False(BlockParts.Verify(info, parts[0] with { Proof = parts[1].Proof }));
        Assert.False(BlockParts.Verify(info, parts[0] with { Proof = [.. parts[0].Proof, Hash] }));
        Assert.False(BlockParts.Verify(info, parts[0] with { Bytes = parts[1].Bytes }));
        Assert.False(BlockParts.Verify(info, parts[2] with { Bytes = parts[2].Bytes[..^1] }));
        Assert.False(BlockParts.Verify(info with { TotalBytes = info.TotalBytes - 1 }, parts[2]));
        Assert.False(BlockParts.Verify(info with { TotalBytes = BlockParts.MaxBody + 1 }, parts[0]));
        Assert.False(BlockParts.Verify(info with { TotalBytes = 0 }, parts[0]));
        Assert.False(BlockParts.Verify(info with { PartsRoot = Hash }, parts[0]));
    }

    private static byte[] Body(int length)
    {
        var body = new byte[length];
        for (var i = 0; i < length; i++)
            body[i] = (byte)(i * 31 / 7);
        return body;
    }
}

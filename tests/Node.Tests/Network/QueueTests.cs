using Aitbc.Node.Network;
using Aitbc.Node.Network.Links;
using Aitbc.Node.Network.Links.Wire;
using Xunit;

namespace Node.Tests.Network;

/// <summary>The queues of a link and the frames that they become (specs/p2p.md, sections 4 and 5).</summary>
public sealed class QueueTests
{
    private const byte Consensus = (byte)MessageClass.Consensus;
    private const byte Sync = (byte)MessageClass.Sync;
    private const byte Transactions = (byte)MessageClass.Transactions;

    private static readonly QueueBound[] Small = [new(2, 100), new(2, 100), new(2, 100), new(2, 100)];

    [Fact]
    public void What_matters_more_goes_first()
    {
        var queues = new SendQueues(Small);
        foreach (var lane in (byte[])[Transactions, Sync, Consensus, Transactions, Frame.Control])
            Assert.Equal(QueueVerdict.Taken, queues.Add(lane, new[] { lane }));
        Assert.Equal([1, 1, 2], queues.Counts());
        Assert.Equal([Frame.Control, Consensus, Sync, Transactions, Transactions], Drain(queues).Select(f => f.Class));
    }

    [Fact]
    public void Q1_Q2_Q3_a_full_queue_cuts_the_peer_refuses_or_drops_the_oldest()
    {
        var queues = new SendQueues(Small);
        foreach (var lane in (byte[])[Frame.Control, Consensus, Sync, Transactions])
        {
            for (byte i = 1; i <= 2; i++)
                Assert.Equal(QueueVerdict.Taken, queues.Add(lane, new[] { i }));
        }

        Assert.Equal(QueueVerdict.TooSlow, queues.Add(Frame.Control, new byte[] { 3 }));
        Assert.Equal(QueueVerdict.TooSlow, queues.Add(Consensus, new byte[] { 3 }));
        Assert.Equal(QueueVerdict.Refused, queues.Add(Sync, new byte[] { 3 }));
        Assert.Equal(QueueVerdict.Taken, queues.Add(Transactions, new byte[] { 3 }));
        Assert.Equal(
            new byte[] { 2, 3 }, Drain(queues).Where(f => f.Class == Transactions).Select(f => f.Payload.Span[0]));
    }

    [Fact]
    public void Bytes_are_bounded_too_and_Q4_an_empty_queue_takes_any_length()
    {
        var queues = new SendQueues(Small);
        Assert.Equal(QueueVerdict.Taken, queues.Add(Sync, new byte[60]));
        Assert.Equal(QueueVerdict.Refused, queues.Add(Sync, new byte[60]));
        Assert.Equal(QueueVerdict.Taken, queues.Add(Consensus, new byte[1_000]));
        Assert.Equal(QueueVerdict.TooSlow, queues.Add(Consensus, new byte[1]));
        Drain(queues);
        Assert.Equal(QueueVerdict.Taken, queues.Add(Sync, new byte[60]));
    }

    [Fact]
    public async Task Frames_of_every_length_come_out_as_they_went_in_whatever_the_pieces()
    {
        var random = new Random(3);
        var frames = Enumerable.Range(0, 200).Select(i =>
        {
            var payload = new byte[i % 10 == 0 ? random.Next(200_000) : random.Next(300)];
            random.NextBytes(payload);
            return new Frame((byte)(1 + (i % 3)), payload);
        }).ToList();
        using var stream = new MemoryStream();
        var writer = new FrameWriter(stream);
        foreach (var frame in frames)
            await writer.WriteAsync(frame, default);
        await writer.FlushAsync(default);
        var assembler = new FrameAssembler();
        var found = new List<Frame>();
        for (var rest = stream.ToArray().AsMemory(); !rest.IsEmpty;)
        {
            var piece = rest[..Math.Min(rest.Length, random.Next(1, 50_000))];
            rest = rest[piece.Length..];
            var bytes = (ReadOnlySpan<byte>)piece.Span;
            while (assembler.TryTake(ref bytes, out var frame))
                found.Add(frame);
        }

        Assert.False(assembler.IsWithin);
        Assert.Equal(frames.Count, found.Count);
        Assert.All(frames.Zip(found), p =>
        {
            Assert.Equal(p.First.Class, p.Second.Class);
            Assert.True(p.First.Payload.Span.SequenceEqual(p.Second.Payload.Span));
        });
    }

    [Fact]
    public void F1_memory_grows_with_what_has_come_not_with_what_was_announced()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var assembler = new FrameAssembler();
        var bytes = (ReadOnlySpan<byte>)[0, 64, 0, 0, Consensus, 1, 2, 3];
        Assert.False(assembler.TryTake(ref bytes, out _));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 32 << 10);
    }

    private static List<Frame> Drain(SendQueues queues)
    {
        var frames = new List<Frame>();
        while (queues.TryTake(out var frame))
            frames.Add(frame);
        return frames;
    }
}

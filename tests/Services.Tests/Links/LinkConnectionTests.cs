using System.Buffers.Binary;
using System.Net.WebSockets;
using System.Text;
using Aitbc.Provider.Linking;
using Aitbc.Sdk.Link;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Services.Tests.Links;

/// <summary>The protocol of specs/market/link.md between its two sides, and against one that breaks it.</summary>
public sealed class LinkConnectionTests
{
    private static CancellationToken Cancel => LinkPair.Cancel;

    [Fact]
    public async Task Many_requests_share_a_link_and_each_gets_its_own_answer()
    {
        await using var pair = await LinkPair.StartAsync(EchoAsync);
        var asked = Enumerable.Range(0, 100).Select(async i =>
        {
            var body = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat($"{i},", 1 + (i * 400))));
            await using var stream = pair.Asking.Ask(LinkPair.Request());
            var writing = WriteAsync(stream, body);
            var head = await stream.Response.WaitAsync(Cancel);
            using var whole = new MemoryStream();
            await stream.Incoming.CopyToAsync(whole, Cancel);
            await writing;
            return head.Status == 201 && whole.ToArray().AsSpan().SequenceEqual(body);
        });
        Assert.All(await Task.WhenAll(asked), Assert.True);
        await UntilAsync(() => pair.Asking.Open == 0);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_is_sent_no_more_than_the_window_and_holds_up_nobody_else()
    {
        var sent = 0;
        await using var pair = await LinkPair.StartAsync(async stream =>
        {
            await stream.RespondAsync(new LinkResponse(200, new Dictionary<string, string>()));
            var part = new byte[1024];
            for (var i = 0; i < (stream.Request.Path == "/slow" ? 4_000 : 10); i++)
            {
                await stream.WriteAsync(part, stream.Ended);
                if (stream.Request.Path == "/slow")
                    Interlocked.Add(ref sent, part.Length);
            }

            stream.Complete();
        });
        await using var slow = pair.Asking.Ask(LinkPair.Request("/slow"));
        slow.Complete();
        await UntilAsync(() => Volatile.Read(ref sent) == LinkLimits.Window);
        for (var i = 0; i < 50; i++)
        {
            await using var quick = pair.Asking.Ask(LinkPair.Request("/quick"));
            quick.Complete();
            using var whole = new MemoryStream();
            await quick.Incoming.CopyToAsync(whole, Cancel);
            Assert.Equal(10 * 1024, whole.Length);
        }

        Assert.Equal(LinkLimits.Window, Volatile.Read(ref sent));
        using var all = new MemoryStream();
        await slow.Incoming.CopyToAsync(all, Cancel);
        Assert.Equal(4_000 * 1024, all.Length);
    }

    [Fact]
    public async Task Only_named_headers_cross_in_either_direction()
    {
        var seen = new TaskCompletionSource<LinkRequest>();
        await using var pair = await LinkPair.StartAsync(async stream =>
        {
            seen.SetResult(stream.Request);
            await stream.RespondAsync(new LinkResponse(200, new Dictionary<string, string>
            {
                ["content-type"] = "text/plain",
                ["Set-Cookie"] = "x=1",
                ["Retry-After"] = "1\r\nX-Evil: 1",
            }));
            stream.Complete();
        });
        await using var asked = pair.Asking.Ask(LinkPair.Request(
            "/v1/models", ("Authorization", "Bearer secret"), ("Cookie", "x"), ("X-Forwarded-For", "1.2.3.4"),
            ("PAYMENT-SIGNATURE", "paid"), ("Last-Event-ID", "7\n8")));
        asked.Complete();
        Assert.Equal(["PAYMENT-SIGNATURE"], (await seen.Task.WaitAsync(Cancel)).Headers.Keys);
        Assert.Equal(["content-type"], (await asked.Response.WaitAsync(Cancel)).Headers.Keys);
    }

    [Fact]
    public async Task A_link_that_breaks_ends_its_streams_as_lost_and_takes_no_more()
    {
        var left = new TaskCompletionSource();
        await using var pair = await LinkPair.StartAsync(async stream =>
        {
            await stream.RespondAsync(new LinkResponse(200, new Dictionary<string, string>()));
            await using var ended = stream.Ended.Register(left.SetResult);
            await left.Task;
        });
        await using var asked = pair.Asking.Ask(LinkPair.Request());
        await asked.Response.WaitAsync(Cancel);
        pair.Far.Abort();
        await Assert.ThrowsAsync<LinkLostException>(
            async () => await asked.Incoming.ReadExactlyAsync(new byte[1], Cancel));
        await pair.AskingEnd.WaitAsync(Cancel);
        await left.Task.WaitAsync(Cancel);
        Assert.Throws<LinkLostException>(() => pair.Asking.Ask(LinkPair.Request()));
    }

    [Fact]
    public async Task A_stream_that_is_cancelled_ends_on_the_other_side_and_the_link_goes_on()
    {
        var ended = new TaskCompletionSource();
        await using var pair = await LinkPair.StartAsync(async stream =>
        {
            if (stream.Request.Path == "/long")
                stream.Ended.Register(ended.SetResult);
            else
                await EchoAsync(stream);
        });
        var asked = pair.Asking.Ask(LinkPair.Request("/long"));
        await asked.DisposeAsync();
        await ended.Task.WaitAsync(Cancel);
        await using var next = pair.Asking.Ask(LinkPair.Request());
        next.Complete();
        Assert.Equal(201, (await next.Response.WaitAsync(Cancel)).Status);
    }

    [Theory]
    [InlineData("text")]
    [InlineData("unknown kind")]
    [InlineData("short")]
    [InlineData("a stream that never was")]
    [InlineData("too long")]
    [InlineData("beyond credit")]
    [InlineData("a request from the provider")]
    [InlineData("a status of 99")]
    [InlineData("a load of another form")]
    public async Task A_frame_that_breaks_the_protocol_ends_the_link(string how)
    {
        await using var pair = await LinkPair.StartAsync(null);
        await using var asked = pair.Asking.Ask(LinkPair.Request());
        var type = how == "text" ? WebSocketMessageType.Text : WebSocketMessageType.Binary;
        var frames = how switch
        {
            "text" => [Frame(3, 1, 1)],
            "unknown kind" => [Frame(99, 1, 0)],
            "short" => [new byte[3]],
            "a stream that never was" => [Frame(3, 2, 1)],
            "too long" => [Frame(3, 1, LinkLimits.MostDataBytes + 1)],
            "beyond credit" => Enumerable.Repeat(Frame(3, 1, LinkLimits.MostDataBytes), 17).ToArray(),
            "a request from the provider" => [Frame(1, 2, "{\"method\":\"GET\",\"path\":\"/\",\"headers\":{}}")],
            "a status of 99" => [Frame(2, 1, "{\"status\":99,\"headers\":{}}")],
            _ => new[] { Frame(7, 0, "{\"running\":-1,\"capacity\":1}") },
        };
        foreach (var frame in frames)
            await pair.Far.SendAsync(frame, type, true, Cancel);
        Assert.Equal("The other side broke the protocol.", await pair.AskingEnd.WaitAsync(Cancel));
        await Assert.ThrowsAsync<LinkLostException>(() => asked.Response.WaitAsync(Cancel));
    }

    [Fact]
    public async Task Random_frames_never_do_more_than_end_the_link()
    {
        var random = new Random(7);
        for (var round = 0; round < 40; round++)
        {
            await using var pair = await LinkPair.StartAsync(null);
            await using var asked = pair.Asking.Ask(LinkPair.Request());
            for (var i = 0; i < 50 && !pair.AskingEnd.IsCompleted; i++)
            {
                var frame = new byte[random.Next(0, 64)];
                random.NextBytes(frame);
                if (frame.Length > 5)
                {
                    frame[0] = (byte)random.Next(0, 10);
                    BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), (uint)random.Next(0, 2));
                }

                try
                {
                    await pair.Far.SendAsync(frame, WebSocketMessageType.Binary, true, Cancel);
                }
                catch (Exception e) when (e is WebSocketException or IOException)
                {
                    break; // it has ended the link
                }
            }

            pair.Far.Abort();
            await pair.AskingEnd.WaitAsync(Cancel);
        }
    }

    [Fact]
    public async Task A_side_that_hears_nothing_gives_the_link_up()
    {
        var time = new FakeTimeProvider();
        await using var pair = await LinkPair.StartAsync(null, time);
        for (var i = 0; i < 5 && !pair.AskingEnd.IsCompleted; i++)
        {
            await Task.Yield();
            time.Advance(LinkLimits.Beat);
        }

        Assert.Equal("The connection was lost.", await pair.AskingEnd.WaitAsync(TimeSpan.FromSeconds(20), Cancel));
    }

    [Fact]
    public void Pauses_between_two_tries_grow_to_a_bound_and_differ()
    {
        var (early, late) = (new Backoff(() => 0), new Backoff(() => 0.999));
        var (first, second) = (Enumerable.Range(0, 12).Select(_ => early.Next()).ToList(),
            Enumerable.Range(0, 12).Select(_ => late.Next()).ToList());
        Assert.Equal(Backoff.Shortest / 2, first[0]);
        Assert.Equal(Backoff.Longest / 2, first[^1]);
        Assert.All(second, p => Assert.InRange(p, Backoff.Shortest / 2, Backoff.Longest));
        Assert.All(first.Zip(second), p => Assert.True(p.First < p.Second));
        early.Reset();
        Assert.Equal(Backoff.Shortest / 2, early.Next());
    }

    [Theory]
    [InlineData("POST", "/v1/chat/completions", true)]
    [InlineData("GET", "/v1/models/a/b:7b", true)]
    [InlineData("GET", "/v1/streams/0123456789abcdef0123456789abcdef", true)]
    [InlineData("POST", "/v1/streams/0123456789abcdef0123456789abcdef/voucher", true)]
    [InlineData("POST", "/v1/jobs", false)]
    [InlineData("GET", "/v1/stats", false)]
    [InlineData("GET", "/v1/models/../stats", false)]
    [InlineData("GET", "/v1/models/%2fstats", false)]
    [InlineData("DELETE", "/v1/models", false)]
    [InlineData("GET", "/v1/streams/0123456789ABCDEF0123456789ABCDEF", false)]
    [InlineData("POST", "/api/chat", false)]
    public void Only_the_doors_that_are_paid_by_the_call_are_open_to_a_link(string method, string path, bool isOpen) =>
        Assert.Equal(isOpen, LinkDoors.IsOpen(method, path));

    private static async Task EchoAsync(LinkStream stream)
    {
        await stream.RespondAsync(new LinkResponse(201, new Dictionary<string, string>()));
        var part = new byte[5_000];
        while (await stream.Incoming.ReadAsync(part) is var length and > 0)
            await stream.WriteAsync(part.AsMemory(0, length));
        stream.Complete();
    }

    private static async Task WriteAsync(LinkStream stream, byte[] body)
    {
        await stream.WriteAsync(body, Cancel);
        stream.Complete();
    }

    private static byte[] Frame(byte kind, uint stream, int length) => LinkBytes(kind, stream, new byte[length]);

    private static byte[] Frame(byte kind, uint stream, string json) =>
        LinkBytes(kind, stream, Encoding.UTF8.GetBytes(json));

    private static byte[] LinkBytes(byte kind, uint stream, byte[] payload)
    {
        var frame = new byte[5 + payload.Length];
        frame[0] = kind;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(1), stream);
        payload.CopyTo(frame, 5);
        return frame;
    }

    private static Task UntilAsync(Func<bool> holds) => Services.Tests.Gateway.GatewayWorld.UntilAsync(holds);
}

using System.Net;
using Aitbc.Node.Network;
using Aitbc.Node.Network.Links;
using Aitbc.Node.Network.Links.Admission;
using Aitbc.Node.Network.Links.Dialling;
using Aitbc.Node.Network.Links.Wire;
using Aitbc.Primitives;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Node.Tests.Network;

/// <summary>Scores, bans, the door and the book of addresses, in injected time (specs/p2p.md, 6 and 7).</summary>
public sealed class AdmissionTests
{
    private readonly FakeTimeProvider time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task S2_a_peer_at_fault_is_banned_and_linked_again_when_that_is_over()
    {
        using var keys = new NodeKeys();
        using var others = new NodeKeys();
        await using var a = LinkNode.Start(keys, time: time);
        await using var b = LinkNode.Start(others, peers: [a.Address], time: time);
        await Eventually.Holds(() => a.IsLinkedWith(b.Id) && b.IsLinkedWith(a.Id), "they are linked");
        for (var i = 0; i < 4; i++)
            a.Links.Misbehaved(b.Id, "a test says so");
        Assert.True(a.IsLinkedWith(b.Id));
        a.Links.Misbehaved(b.Id, "a test says so");
        await Eventually.Holds(() => a.IsLinkedWith() && b.IsLinkedWith(), "it is cut");
        await Eventually.Holds(() => a.Log.Has("it is banned"), "it is refused", Tick);
        await Eventually.Holds(() => a.IsLinkedWith(b.Id), "the ban is over", Tick);
        Assert.True(time.GetUtcNow() - time.Start >= TimeSpan.FromMinutes(10));
    }

    [Fact]
    public void S1_a_score_comes_back_with_time()
    {
        var reputation = new Reputation(time);
        for (var i = 0; i < 20; i++)
        {
            Assert.False(reputation.Lower(Peer(1), Reputation.Fault, isValidator: false));
            time.Advance(TimeSpan.FromMinutes(20));
        }

        for (var i = 0; i < 4; i++)
            Assert.False(reputation.Lower(Peer(1), Reputation.Fault, isValidator: false));
        Assert.True(reputation.Lower(Peer(1), Reputation.Fault, isValidator: false));
    }

    [Fact]
    public void S2_bans_double_up_to_a_day_and_those_of_validators_stay_short()
    {
        var reputation = new Reputation(time);
        double[] minutes = [10, 20, 40, 80, 160, 320, 640, 1_280, 1_440, 1_440, 1_440];
        foreach (var length in minutes)
        {
            Assert.True(reputation.Lower(Peer(1), Reputation.Best, isValidator: false));
            time.Advance(TimeSpan.FromMinutes(length) - TimeSpan.FromSeconds(1));
            Assert.True(reputation.IsBanned(Peer(1)));
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.False(reputation.IsBanned(Peer(1)));
        }

        Assert.True(reputation.Lower(Peer(2), Reputation.Best, isValidator: true));
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.False(reputation.IsBanned(Peer(2)));
    }

    [Fact]
    public void S3_the_table_is_bounded_and_keeps_the_bans()
    {
        var reputation = new Reputation(time);
        reputation.Lower(Peer(0), Reputation.Best, isValidator: false);
        for (var i = 1; i < 2 * Reputation.Most; i++)
            reputation.Lower(Peer(i), 1, isValidator: false);
        Assert.Equal(Reputation.Most, reputation.Count);
        Assert.True(reputation.IsBanned(Peer(0)));
    }

    [Fact]
    public void L1_an_address_comes_so_often_and_no_more()
    {
        var limits = new LinkLimits();
        var gate = new ConnectionGate(limits, time);
        var address = IPAddress.Parse("2001:db8::1");
        for (var i = 0; i < limits.ConnectionBurst; i++)
        {
            Assert.True(gate.TryEnter(address));
            gate.Leave(address);
        }

        Assert.False(gate.TryEnter(IPAddress.Parse("2001:db8::ffff"))); // the same 64 bits
        Assert.True(gate.TryEnter(IPAddress.Parse("2001:db8:0:1::1")));
        time.Advance(TimeSpan.FromSeconds(1));
        for (var i = 0; i < limits.ConnectionRate; i++)
            Assert.True(gate.TryEnter(address));
        Assert.False(gate.TryEnter(address));
    }

    [Fact]
    public void L1_the_number_of_handshakes_is_bounded_whatever_the_addresses()
    {
        var limits = new LinkLimits();
        var gate = new ConnectionGate(limits, time);
        for (byte i = 0; i < limits.MaxHandshakes; i++)
            Assert.True(gate.TryEnter(new IPAddress([192, 0, 2, i])));
        Assert.False(gate.TryEnter(new IPAddress([198, 51, 100, 1])));
        gate.Leave(new IPAddress([192, 0, 2, 0]));
        Assert.True(gate.TryEnter(new IPAddress([198, 51, 100, 1])));
    }

    [Theory]
    [InlineData("8.8.8.8", "9.9.9.9", true)]
    [InlineData("2001:db8::1", "9.9.9.9", true)]
    [InlineData("127.0.0.1", "9.9.9.9", false)]
    [InlineData("127.0.0.1", "127.0.0.1", true)]
    [InlineData("10.0.0.1", "9.9.9.9", false)]
    [InlineData("172.16.0.1", "9.9.9.9", false)]
    [InlineData("192.168.0.1", "9.9.9.9", false)]
    [InlineData("100.64.0.1", "9.9.9.9", false)]
    [InlineData("fd00::1", "9.9.9.9", false)]
    [InlineData("10.0.0.1", "10.0.0.2", true)]
    [InlineData("169.254.1.1", "10.0.0.2", false)]
    [InlineData("224.0.0.1", "127.0.0.1", false)]
    [InlineData("255.255.255.255", "127.0.0.1", false)]
    [InlineData("0.0.0.0", "127.0.0.1", false)]
    [InlineData("0.1.2.3", "127.0.0.1", false)]
    [InlineData("::", "127.0.0.1", false)]
    [InlineData("ff02::1", "::1", false)]
    [InlineData("fe80::1", "::1", false)]
    public void L6_addresses_that_cannot_be_a_peers_are_forgotten(string address, string teller, bool usable) =>
        Assert.Equal(usable, AddressBook.IsUsable(IPAddress.Parse(address), IPAddress.Parse(teller)));

    [Fact]
    public void L6_the_book_is_bounded_and_gives_up_what_fails()
    {
        var book = new AddressBook(time, new Random(1));
        for (var i = 0; i < 2 * AddressBook.Most; i++)
            book.Add(new SeenAddress(new IPAddress([8, 8, 8, (byte)i]), 8005, Peer(i)), IPAddress.Loopback);
        Assert.Equal(AddressBook.Most, book.Count);
        Assert.False(book.Add(new SeenAddress(new IPAddress([8, 8, 8, 8]), 0, Peer(9_999)), IPAddress.Loopback));

        var chosen = book.Choose(_ => true)!.Id;
        book.Failed(chosen);
        Assert.Null(book.Choose(p => p == chosen));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.NotNull(book.Choose(p => p == chosen));
        for (var i = 0; i < 7; i++)
            book.Failed(chosen);
        Assert.Equal(AddressBook.Most - 1, book.Count);
    }

    [Fact]
    public void L3_waits_double_up_to_the_cap_with_a_quarter_of_chance()
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30), new Random(5));
        double[] middles = [1, 2, 4, 8, 16, 30, 30];
        foreach (var middle in middles)
            Assert.InRange(backoff.Next().TotalSeconds, middle * 0.75, middle * 1.25);
        backoff.Reset();
        Assert.InRange(backoff.Next().TotalSeconds, 0.75, 1.25);
    }

    [Theory]
    [InlineData("127.0.0.1:8005", true)]
    [InlineData("node.example:8005", true)]
    [InlineData("[::1]:8005", true)]
    [InlineData("127.0.0.1", false)]
    [InlineData("127.0.0.1:0", false)]
    [InlineData("127.0.0.1:70000", false)]
    [InlineData(":8005", false)]
    [InlineData("a b:8005", false)]
    [InlineData("127.0.0.1:8005#0x12", false)]
    public void A_peer_is_host_and_port(string text, bool isOne)
    {
        Assert.Equal(isOne, PeerAddress.TryParse(text, out var address));
        if (isOne)
            Assert.Equal(text, address!.ToString());
    }

    [Fact]
    public void A_peer_may_be_pinned_to_its_key()
    {
        var address = PeerAddress.Parse($"127.0.0.1:8005#{Peer(7).KeyHash}");
        Assert.Equal(Peer(7), address.Pin);
        Assert.Throws<FormatException>(() => PeerAddress.Parse("nowhere"));
    }

    private static PeerId Peer(int number) => new(Hash256.FromUInt256((ulong)number));

    private void Tick() => time.Advance(TimeSpan.FromSeconds(1));
}

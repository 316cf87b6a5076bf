using System.Net;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider.Payments.Journal;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>More paid requests at once than there are places.</summary>
public sealed class OverloadTests
{
    private const string Path = "/v1/chat/completions";
    private const ulong Price = (17 * 10) + (6 * 100); // as the server of models counts
    private const int Slots = 2;
    private const int Queue = 2;
    private const int Clients = 10 * (Slots + Queue);

    [Fact]
    public async Task Of_ten_times_as_many_paid_requests_as_places_the_rest_is_refused_at_once_and_charged_nothing()
    {
        await using var world = await SellingWorld.StartAsync(set: o =>
        {
            o.Ollama.SlotsPerModel = Slots;
            o.Ollama.QueuePerModel = Queue;
        });
        var buyers = await OpenAsync(world);
        var required = await buyers[0].AskAsync(Path, Buyer.Chat);
        var hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var answer = world.Models.Answer;
        var (running, most) = (0, 0);
        world.Models.Answer = async http =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await hold.Task;
            await answer(http);
            Interlocked.Decrement(ref running);
        };
        var payments = buyers.ConvertAll(b => b.Voucher(required));
        var asked = buyers.Zip(payments, (b, p) => (Buyer: b, Payment: p, Answer: b.PostAsync(Path, Buyer.Chat, p)))
            .ToList();

        var refused = await RefusedAsync([.. asked.Select(a => a.Answer)]);
        hold.SetResult();
        var answers = await Task.WhenAll(asked.Select(a => a.Answer));
        Assert.Equal(Slots + Queue, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(Clients - Slots - Queue, refused);
        Assert.InRange(most, 1, Slots);
        Assert.Equal((ulong)(Clients + Slots + Queue) * Price, Charged(world));

        // What was refused is as good as before: the same payment buys the answer now.
        var (again, payment, _) = asked[answers.ToList().FindIndex(a => a.StatusCode != HttpStatusCode.OK)];
        using var later = await again.PostAsync(Path, Buyer.Chat, payment);
        Assert.Equal(HttpStatusCode.OK, later.StatusCode);
        Assert.Equal((ulong)(Clients + Slots + Queue + 1) * Price, Charged(world));
        Array.ForEach(answers, a => a.Dispose());
    }

    /// <summary>A channel for each, which has paid one answer.</summary>
    private static async Task<List<Buyer>> OpenAsync(SellingWorld world)
    {
        var buyers = new List<Buyer>();
        for (var i = 0; i < Clients; i++)
        {
            var buyer = world.Buyer();
            buyer.Salt = Hash256.FromUInt256((ulong)i);
            using var opened = await buyer.OpenAsync(Path, Buyer.Chat, 1_000_000);
            Assert.Equal(HttpStatusCode.OK, opened.StatusCode);
            buyer.Take(opened);
            buyers.Add(buyer);
        }

        return buyers;
    }

    /// <summary>Those that are answered while the engine holds.</summary>
    private static async Task<int> RefusedAsync(HashSet<Task<HttpResponseMessage>> open)
    {
        var refused = 0;
        while (open.Count > Slots + Queue)
        {
            var first = await Task.WhenAny(open).WaitAsync(TimeSpan.FromSeconds(30), SellingWorld.Cancel);
            open.Remove(first);
            var answer = await first;
            var error = JsonNode.Parse(await answer.Content.ReadAsStringAsync(SellingWorld.Cancel))!["error"]!;
            Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
            Assert.Equal("provider_busy", (string)error["code"]!);
            Assert.True(answer.Headers.RetryAfter!.Delta >= TimeSpan.FromSeconds(1));
            refused++;
        }

        return refused;
    }

    private static UInt256 Charged(SellingWorld world) => world.Service<PaymentJournal>().Channels
        .Aggregate(UInt256.Zero, (sum, c) => sum + c.Charged);
}

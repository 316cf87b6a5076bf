using Aitbc.Provider.Engines.Models;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Services.Tests.Provider.Models;

public sealed class ModelSlotsTests
{
    private readonly FakeTimeProvider _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Each_model_has_its_own_places_and_what_is_owed_is_never_refused()
    {
        var slots = new ModelSlots(1, 1, _time);

        using var first = slots.TryReserve("a");
        using var second = slots.TryReserve("a");

        Assert.NotNull(second);
        Assert.Null(slots.TryReserve("a"));
        using var other = slots.TryReserve("b");
        Assert.NotNull(other);
        using var owed = slots.ReserveForOwed("a");
    }

    [Fact]
    public async Task Those_who_wait_run_in_their_order()
    {
        var slots = new ModelSlots(1, 10, _time);
        var order = new List<int>();
        var running = slots.TryReserve("a")!;
        await running.EnterAsync(Stop);
        var waiting = Enumerable.Range(0, 5).Select(async i =>
        {
            using var place = slots.TryReserve("a")!;
            await place.EnterAsync(Stop);
            order.Add(i);
        }).ToList();

        Assert.Empty(order);
        running.Dispose();
        await Task.WhenAll(waiting);

        Assert.Equal([0, 1, 2, 3, 4], order);
    }

    [Fact]
    public async Task Never_more_run_than_there_are_slots_whoever_gives_up_meanwhile()
    {
        var slots = new ModelSlots(2, 1000, _time);
        var (running, most) = (0, 0);
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            using var patience = new CancellationTokenSource();
            using var place = slots.TryReserve("a")!;
            var entering = place.EnterAsync(patience.Token);
            if (i % 3 == 0)
                await patience.CancelAsync();
            try
            {
                await entering;
            }
            catch (OperationCanceledException)
            {
                return;
            }

            var now = Interlocked.Increment(ref running);
            InterlockedMax(ref most, now);
            await Task.Yield();
            Interlocked.Decrement(ref running);
        }, Stop)));

        Assert.InRange(most, 1, 2);
        using var one = slots.TryReserve("a")!;
        using var two = slots.TryReserve("a")!;
        await one.EnterAsync(Stop);
        await two.EnterAsync(Stop);
    }

    [Fact]
    public async Task The_time_to_come_again_follows_how_long_calls_take()
    {
        var slots = new ModelSlots(1, 0, _time);
        for (var i = 0; i < 40; i++)
        {
            using var place = slots.TryReserve("a")!;
            await place.EnterAsync(Stop);
            _time.Advance(TimeSpan.FromSeconds(20));
        }

        using var taken = slots.TryReserve("a");

        Assert.InRange(slots.RetryAfter("a").TotalSeconds, 15, 20);
        Assert.InRange(slots.RetryAfter("never used").TotalSeconds, 1, 60);
    }

    [Fact]
    public void Names_without_end_are_forgotten_while_nobody_uses_them()
    {
        var slots = new ModelSlots(1, 0, _time);
        using var kept = slots.TryReserve("kept");
        for (var i = 0; i < 3 * ModelSlots.MostModels; i++)
            slots.TryReserve($"model {i}")!.Dispose();

        Assert.Null(slots.TryReserve("kept"));
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value)
            Interlocked.CompareExchange(ref target, value, seen);
    }
}

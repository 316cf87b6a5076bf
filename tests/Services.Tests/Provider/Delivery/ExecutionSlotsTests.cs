using Aitbc.Provider.Delivery;
using Xunit;

namespace Services.Tests.Provider.Delivery;

public sealed class ExecutionSlotsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Beyond_slots_and_queue_there_is_no_place_and_a_returned_one_is_given_again()
    {
        using var slots = new ExecutionSlots(2, 1);
        var places = Enumerable.Range(0, 3).Select(_ => slots.TryReserve()!).ToList();

        Assert.All(places, Assert.NotNull);
        Assert.Null(slots.TryReserve());
        places[0].Dispose();
        places[0].Dispose();
        Assert.NotNull(slots.TryReserve());
        Assert.Null(slots.TryReserve());
    }

    [Fact]
    public async Task Never_more_run_than_there_are_slots()
    {
        using var slots = new ExecutionSlots(2, 100);
        var most = 0;
        var gate = new Lock();

        await Task.WhenAll(Enumerable.Range(0, 50).Select(async _ =>
        {
            using var place = slots.TryReserve()!;
            await place.RunAsync(
                async () =>
                {
                    lock (gate)
                        most = Math.Max(most, slots.Running);
                    await Task.Yield();
                    return 0;
                },
                Stop);
        }));

        Assert.InRange(most, 1, 2);
        Assert.Equal(0, slots.Running);
        Assert.Equal(0, slots.Reserved);
    }

    [Fact]
    public async Task Work_that_throws_gives_its_slot_back()
    {
        using var slots = new ExecutionSlots(1, 0);
        using var place = slots.TryReserve()!;

        await Assert.ThrowsAsync<InvalidOperationException>(
            () => place.RunAsync<int>(() => throw new InvalidOperationException(), Stop));

        Assert.Equal(1, await place.RunAsync(() => Task.FromResult(1), Stop));
    }

    [Fact]
    public void What_is_owed_from_before_a_restart_is_never_refused()
    {
        using var slots = new ExecutionSlots(1, 0);
        using var full = slots.TryReserve()!;

        using var owed = slots.ReserveForOwed();

        Assert.Equal(2, slots.Reserved);
        Assert.Null(slots.TryReserve());
    }
}

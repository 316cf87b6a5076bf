using System.Collections.Concurrent;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Aitbc.Coordinator.Storage.PostgreSql;

/// <summary>
/// LISTEN and NOTIFY. Notifications are sent after the commits that they tell of and not inside, where PostgreSQL
/// would make all such commits wait for each other.
/// </summary>
internal sealed class PostgreSqlRelay(NpgsqlDataSource source, TimeProvider time, ILogger<PostgreSqlRelay> log)
    : BackgroundService, IRelay
{
    private const string ChannelName = "aitbc";
    private const int MostUnsent = 4096;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<string, Action<string?>> heard = new(StringComparer.Ordinal);
    private readonly string self = Guid.NewGuid().ToString("N")[..8];
    private readonly Channel<string> unsent = Channel.CreateBounded<string>(
        new BoundedChannelOptions(MostUnsent) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    public void Tell(string topic, string what) => unsent.Writer.TryWrite($"{self} {topic} {what}");

    public void On(string topic, Action<string?> hears) => heard[topic] = hears;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        AgainAsync(ListenAsync, stoppingToken), AgainAsync(SendAsync, stoppingToken));

    private async Task AgainAsync(Func<CancellationToken, Task> part, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await part(stopping);
            }
            catch (Exception failure) when (failure is NpgsqlException or IOException)
            {
                log.LogWarning("The other coordinators are not heard or told now: {Reason}", failure.Message);
                await Task.Delay(Pause, time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task ListenAsync(CancellationToken stopping)
    {
        await using var connection = await source.OpenConnectionAsync(stopping);
        connection.Notification += (_, told) => Hear(told.Payload.Split(' ', 3));
        await using (var listen = new NpgsqlCommand($"LISTEN {ChannelName}", connection))
            await listen.ExecuteNonQueryAsync(stopping);
        foreach (var hears in heard.Values)
            hears(null);
        while (true)
            await connection.WaitAsync(stopping);
    }

    private void Hear(string[] told)
    {
        if (told is [var from, var topic, var what] && from != self && heard.TryGetValue(topic, out var hears))
            hears(what);
    }

    private async Task SendAsync(CancellationToken stopping)
    {
        await using var connection = await source.OpenConnectionAsync(stopping);
        await using var notify = new NpgsqlCommand($"SELECT pg_notify('{ChannelName}', $1)", connection);
        var payload = new NpgsqlParameter<string>();
        notify.Parameters.Add(payload);
        await foreach (var one in unsent.Reader.ReadAllAsync(stopping))
        {
            payload.TypedValue = one;
            await notify.ExecuteNonQueryAsync(stopping);
        }
    }
}

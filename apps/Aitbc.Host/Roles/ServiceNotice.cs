using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Aitbc.Host.Roles;

/// <summary>
/// Tells the service manager that started this process how it is: sd_notify(3), datagrams to the socket that
/// NOTIFY_SOCKET names. Without one, nothing is said.
/// </summary>
internal sealed class ServiceNotice : IDisposable
{
    private const string PlaceName = "NOTIFY_SOCKET";
    private const string WatchdogName = "WATCHDOG_USEC";
    private const string WatchdogPidName = "WATCHDOG_PID";
    private readonly Socket? socket;
    private readonly TimeSpan? watchdog;
    private Timer? timer;

    private ServiceNotice(Socket? socket, TimeSpan? watchdog) => (this.socket, this.watchdog) = (socket, watchdog);

    /// <summary>
    /// As the environment says. What it says is taken out of it: no program that is started from here speaks for this
    /// one.
    /// </summary>
    public static ServiceNotice FromEnvironment()
    {
        var (place, period) = (Environment.GetEnvironmentVariable(PlaceName), Watchdog());
        foreach (var name in new[] { PlaceName, WatchdogName, WatchdogPidName })
            Environment.SetEnvironmentVariable(name, null);
        return new ServiceNotice(string.IsNullOrEmpty(place) ? null : Connect(place), period);
    }

    /// <summary>It answers. From now on it also says that it lives, twice in the time that is given for that.</summary>
    public void Ready()
    {
        Say("READY=1");
        // Said by a worker of the pool that all requests share: where none is free any more, nothing is said.
        if (socket is not null && watchdog is { } within)
            timer = new Timer(_ => Say("WATCHDOG=1"), null, TimeSpan.Zero, within / 2);
    }

    /// <summary>It was asked to end, and ends what is under way.</summary>
    public void Stopping() => Say("STOPPING=1");

    public void Dispose()
    {
        timer?.Dispose();
        socket?.Dispose();
    }

    private void Say(string state)
    {
        try
        {
            socket?.Send(Encoding.ASCII.GetBytes(state));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody listens any more, or this has ended meanwhile. The service goes on without.
        }
    }

    private static Socket? Connect(string place)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            // '@' stands for the zero with which names begin that are no files.
            socket.Connect(new UnixDomainSocketEndPoint(place[0] == '@' ? $"\0{place[1..]}" : place));
            return socket;
        }
        catch (Exception e) when (e is SocketException or ArgumentException)
        {
            socket.Dispose();
            return null;
        }
    }

    private static TimeSpan? Watchdog()
    {
        var isOther = int.TryParse(
            Environment.GetEnvironmentVariable(WatchdogPidName), NumberStyles.None, CultureInfo.InvariantCulture,
            out var pid) && pid != Environment.ProcessId;
        return !isOther && long.TryParse(
            Environment.GetEnvironmentVariable(WatchdogName), NumberStyles.None, CultureInfo.InvariantCulture,
            out var microseconds) && microseconds is > 0 and < 1_000_000_000_000
                ? TimeSpan.FromMicroseconds(microseconds) : null;
    }
}

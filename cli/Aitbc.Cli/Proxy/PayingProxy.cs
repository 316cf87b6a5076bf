using System.Net;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Proxy;

/// <summary>
/// Listens on loopback and passes requests on, with a bound on how many at once. It holds no key and no token: what
/// pays comes with each request, and a request without it is refused before anything is asked.
/// </summary>
internal sealed class PayingProxy : IAsyncDisposable
{
    /// <summary>Requests at once; one more is refused at once.</summary>
    public const int MostAtOnce = 64;

    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);
    private readonly HttpListener listener;
    private readonly ProxyPlan plan;
    private readonly SocketsHttpHandler sockets = new()
    {
        UseCookies = false,
        AllowAutoRedirect = false,
        ConnectTimeout = TimeSpan.FromSeconds(10),
    };

    private readonly Lock gate = new();
    private readonly HashSet<Task> running = [];

    private PayingProxy(HttpListener listener, int port, ProxyPlan plan)
    {
        this.listener = listener;
        this.plan = plan;
        Url = $"http://127.0.0.1:{port}";
    }

    /// <summary>Where it listens.</summary>
    public string Url { get; }

    public static PayingProxy Start(int port, ProxyPlan plan)
    {
        var listener = new HttpListener();
        listener.Prefixes.Add($"http://127.0.0.1:{port}/");
        listener.Prefixes.Add($"http://localhost:{port}/");
        try
        {
            listener.Start();
        }
        catch (HttpListenerException e)
        {
            listener.Close();
            throw CliFailure.Failed(
                "port_in_use",
                $"The port {port} of this machine cannot be used: {e.Message}.",
                "--port names another.",
                e);
        }

        return new PayingProxy(listener, port, plan);
    }

    /// <summary>Serves until it is cancelled; what runs then is stopped, and so is its meter.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        // The listener itself goes on until the last answer has said that it is not whole.
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var stopping = cancel.Register(over.SetResult);
        while (!cancel.IsCancellationRequested)
        {
            var next = listener.GetContextAsync();
            if (await Task.WhenAny(next, over.Task) == over.Task)
                return;
            Begin(new ProxyExchange(await next, plan, sockets), cancel);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task[] left;
        lock (gate)
            left = [.. running];
        await Task.WhenAny(Task.WhenAll(left), Task.Delay(Grace));
        listener.Close();
        sockets.Dispose();
    }

    private void Begin(ProxyExchange exchange, CancellationToken cancel)
    {
        lock (gate)
        {
            var task = running.Count < MostAtOnce ? exchange.RunAsync(cancel) : exchange.RefuseBusyAsync();
            running.Add(task);
            task.ContinueWith(Ended, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }
    }

    private void Ended(Task task)
    {
        lock (gate)
            running.Remove(task);
    }
}

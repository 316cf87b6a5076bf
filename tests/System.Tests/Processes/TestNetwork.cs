using System.Diagnostics;
using System.Text.Json;
using Aitbc.Cli.Network;

namespace System.Tests.Processes;

/// <summary>
/// A development network as a user starts it: <c>aitbcd devnet</c> from the build's output, on free ports.
/// </summary>
internal sealed class TestNetwork : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(90);
    private readonly Process process;

    private readonly Task<string> error;
    private readonly Task<string> output;

    private TestNetwork(Process process, Task<string> error, string data, JsonElement ready)
    {
        this.process = process;
        this.error = error;
        output = process.StandardOutput.ReadToEndAsync();
        Data = data;
        Ready = ready;
        Session = new Session(Endpoints.OfNetwork(data));
        var roles = ready.GetProperty("processes").EnumerateArray();
        Pids = [process.Id, .. roles.Select(p => p.GetProperty("pid").GetInt32())];
    }

    public string Data { get; }

    public JsonElement Ready { get; }

    public Session Session { get; }

    /// <summary>The supervisor and its roles.</summary>
    public IReadOnlyList<int> Pids { get; }

    public int Supervisor => Pids[0];

    public static Task<TestNetwork> StartAsync(string data, params string[] arguments) =>
        StartAsync(data, [], arguments);

    /// <param name="data">Folder of the network.</param>
    /// <param name="set">Variables of its environment.</param>
    /// <param name="arguments">More arguments.</param>
    public static async Task<TestNetwork> StartAsync(
        string data, (string Name, string Value)[] set, params string[] arguments)
    {
        var process = ProgramRun.Start(
            Built.Dotnet, [Built.Host, "devnet", "--json", "--free-ports", "--data", data, .. arguments], null, set);
        var error = process.StandardError.ReadToEndAsync();
        using var patience = new CancellationTokenSource(Patience);
        var line = await process.StandardOutput.ReadLineAsync(patience.Token)
            ?? throw new InvalidOperationException("The network said nothing: " + await error);
        using var document = JsonDocument.Parse(line);
        var ready = document.RootElement.Clone();
        return ready.GetProperty("ready").GetBoolean()
            ? new TestNetwork(process, error, data, ready)
            : throw new InvalidOperationException($"The network did not start: {line}");
    }

    /// <summary>What a power cut does: all of its processes at once, without a word.</summary>
    public async Task KillAsync()
    {
        foreach (var pid in Pids)
            Signals.Kill(pid);
        await Signals.GoneAsync(Pids, TimeSpan.FromSeconds(10));
    }

    /// <summary>Kills one role of a network that starts it again, and waits until it answers.</summary>
    public async Task KillAsync(string role)
    {
        var pid = await PidNowAsync(role) ?? throw new InvalidOperationException($"The {role} does not run.");
        Signals.Kill(pid);
        using var patience = new CancellationTokenSource(Patience);
        while (await PidNowAsync(role) is not { } now || now == pid || !await AnswersAsync(role, patience.Token))
            await Task.Delay(20, patience.Token);
    }

    public int Pid(string role) => Ready.GetProperty("processes").EnumerateArray()
        .First(p => p.GetProperty("role").GetString() == role).GetProperty("pid").GetInt32();

    public Uri Url(string role) => new(Ready.GetProperty("processes").EnumerateArray()
        .First(p => p.GetProperty("role").GetString() == role).GetProperty("url").GetString()!);

    // The file is written anew when a role was started again.
    private async Task<int?> PidNowAsync(string role)
    {
        try
        {
            using var file = JsonDocument.Parse(await File.ReadAllBytesAsync(Path.Combine(Data, "devnet.json")));
            return file.RootElement.GetProperty("pids").GetProperty(role).GetInt32();
        }
        catch (Exception e) when (e is IOException or JsonException or KeyNotFoundException)
        {
            return null;
        }
    }

    private async Task<bool> AnswersAsync(string role, CancellationToken cancel)
    {
        try
        {
            using var http = new HttpClient { BaseAddress = Url(role) };
            using var answer = await http.GetAsync("health", cancel);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    /// <summary>Asks it to stop and returns its exit code.</summary>
    public async Task<int> StopAsync(Action<int> signal)
    {
        signal(Supervisor);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await process.WaitForExitAsync(patience.Token);
            return process.ExitCode;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"The network did not stop within {Patience}.");
        }
    }

    /// <summary>Everything that it wrote to its standard output and error until it ended.</summary>
    public async Task<string> SaidAsync() => Ready.GetRawText() + await output + await error;

    public async ValueTask DisposeAsync()
    {
        Session.Dispose();
        if (!process.HasExited)
            await StopAsync(Signals.Terminate);
        await Signals.GoneAsync(Pids, TimeSpan.FromSeconds(30));
        process.Dispose();
    }
}

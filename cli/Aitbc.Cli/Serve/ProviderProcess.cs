using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Aitbc.Cli.Network;
using Aitbc.Cli.Providers;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Errors;

namespace Aitbc.Cli.Serve;

/// <summary>
/// A provider in a process of its own, with a configuration file as an operator would write it. It ends when this
/// process closes its standard input, and also when this process is killed.
/// </summary>
internal sealed class ProviderProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private readonly Process process;

    private ProviderProcess(Process process, Uri url)
    {
        this.process = process;
        Url = url;
    }

    public Uri Url { get; }

    public int Id => process.Id;

    public static async Task<ProviderProcess> StartAsync(CommandContext context, ServePlan plan)
    {
        var port = plan.Port > 0 ? plan.Port : FreePort();
        var url = new Uri($"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}/");
        var config = Write(context, plan, url);
        var started = Daemon.Start(["run", "provider", "--config", config, "--supervised"]);
        started.ErrorDataReceived += (_, e) => Tell(context, e.Data);
        started.OutputDataReceived += (_, e) => Tell(context, e.Data);
        started.BeginErrorReadLine();
        started.BeginOutputReadLine();
        var provider = new ProviderProcess(started, url);
        try
        {
            await provider.WhenReadyAsync(context);
            return provider;
        }
        catch
        {
            await provider.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stays until it is cancelled; throws if the provider ends before.</summary>
    public async Task RunAsync(CancellationToken cancel)
    {
        try
        {
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return;
        }

        throw CliFailure.Failed("daemon_ended", $"The provider ended with exit code {process.ExitCode}.");
    }

    public async ValueTask DisposeAsync() => await Daemon.StopAsync(process, StopTimeout);

    private static void Tell(CommandContext context, string? line)
    {
        if (line is { Length: > 0 })
            context.Output.Progress(line);
    }

    private async Task WhenReadyAsync(CommandContext context)
    {
        var door = new ProviderDoor(context.Session.Http(Url));
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            if (process.HasExited)
                throw CliFailure.Failed(
                    "daemon_ended", $"The provider ended with exit code {process.ExitCode}; its last lines say why.");
            try
            {
                var health = await door.HealthAsync(context.Cancel);
                if (health["status"]?.GetValue<string>() == "ok")
                    return;
            }
            catch (Exception e) when (e is HttpRequestException or AitbcException or InvalidDataException)
            {
                // It is still on its way up.
            }

            if (Stopwatch.GetElapsedTime(started) > StartTimeout)
                throw CliFailure.Failed("daemon_failed", "The provider is not ready after 60 s.");
            await Task.Delay(Pause, context.Cancel);
        }
    }

    private static string Write(CommandContext context, ServePlan plan, Uri url)
    {
        var folder = Path.Combine(Endpoints.DataFolder(context.Get(GlobalOptions.Data)), "ai-serve");
        Directory.CreateDirectory(folder);
        var places = context.Session.Endpoints;
        var options = new JsonObject
        {
            ["dataDirectory"] = Path.Combine(folder, "provider"),
            ["nodeUrl"] = places.Node.ToString(),
            ["walletUrl"] = places.Wallet.ToString(),
            ["walletTokenFile"] = places.WalletTokenFile,
            ["accountLabel"] = plan.Account,
            ["ollamaPricePerToken"] = plan.OutputPrice,
            ["openAiPricePerToken"] = plan.OutputPrice,
            ["promptPricePerToken"] = plan.PromptPrice,
        };
        if (!plan.SellsModels)
            options["ollamaEnabled"] = false;
        if (plan.Models.Count > 0)
            options["soldModels"] = new JsonArray([.. plan.Models.Select(m => (JsonNode)JsonValue.Create(m))]);
        if (plan.Images.Count > 0)
            options["container"] = new JsonObject
            {
                ["images"] = new JsonArray([.. plan.Images.Select(i => (JsonNode)JsonValue.Create(i))]),
            };
        if (plan.Reexecutes)
            options["reexecute"] = true;
        if (plan.ImagePrice is { } second)
            options["containerPricePerSecond"] = second;
        if (plan.PriceRange is { } range)
            options["priceAuto"] = new JsonObject { ["min"] = range.Min, ["max"] = range.Max };
        if (plan.Free is { } free)
            options["freeAllowance"] = new JsonObject
            {
                ["tokensPerClient"] = free.Tokens,
                ["tokensPerDay"] = free.Total,
                ["minDeposit"] = free.Deposit.Atto.ToString(),
            };
        if (plan.Levels.Count > 0)
            options["levels"] = new JsonArray([.. plan.Levels.Select(l => (JsonNode)JsonValue.Create(l))]);
        if (plan.Hours.Count > 0)
        {
            options["hours"] = new JsonArray([.. plan.Hours.Select(h => (JsonNode)JsonValue.Create(h))]);
            options["hoursTimeZone"] = plan.TimeZone;
        }

        if (plan.OpenAi is { } openAi)
            options["openAi"] = new JsonObject { ["url"] = openAi.ToString() };
        if (plan.UsesCoordinator)
        {
            options["coordinatorUrl"] = places.Coordinator.ToString();
            options["publicUrl"] = url.ToString();
        }

        var file = Path.Combine(folder, "provider.json");
        File.WriteAllText(file, new JsonObject { ["listen"] = url.ToString(), ["options"] = options }.ToJsonString());
        return file;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

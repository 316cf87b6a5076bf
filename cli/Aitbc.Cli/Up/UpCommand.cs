using System.CommandLine;
using Aitbc.Cli.Faults;
using Aitbc.Cli.Network;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Up;

/// <summary><c>aitbc up</c>: a development network in the foreground.</summary>
internal static class UpCommand
{
    public const string Name = "up";
    public const string Text = "Start a development network on this machine and keep it until Ctrl-C.";

    private static readonly Option<bool> Ephemeral = new("--ephemeral")
    {
        Description = "Remove its data at the end; without --data they are in a temporary folder.",
    };

    private static readonly Option<bool> FreePorts = new("--free-ports")
    {
        Description = "Take free ports instead of 8006, 8015, 8000 and 8008.",
    };

    private static readonly Option<string?> Roles = new("--roles")
    {
        Description = "Only these, separated by commas: wallet, node, coordinator, provider.",
    };

    private static readonly Option<int?> Validators = new("--validators")
    {
        Description = "Validators, each a process of its own: 1 to 16 (default: as many as the data have, or 1). "
            + "With 4, any one may fail.",
    };

    private static readonly Option<string?> Redis = new("--redis")
    {
        Description = "Development only: validators meet over this Redis server instead of linking directly; "
            + "'embedded' = one that the network brings along.",
    };

    private static readonly Option<int?> Faults = new("--faults")
    {
        Description = "Make it a hostile world, drawn from this seed: daemons are killed, messages are lost, providers "
            + "cheat; in the end a score sheet says what held.",
    };

    private static readonly Option<string?> For = new("--for")
    {
        Description = "With --faults: how long, 5s to 1h (default 1m). Ctrl-C ends it without a score sheet.",
    };

    private static readonly IReadOnlyList<Option<int?>> Ports =
        [.. ((string[])["node", "wallet", "coordinator", "provider"]).Select(r => new Option<int?>($"--{r}-port")
        {
            Description = $"Port of the {r}.",
        })];

    public static CliCommand Create() => new CliCommand(Name, Text, "./aitbc up --ephemeral --validators 4")
        .With(Ephemeral, FreePorts, Roles, Validators, Redis, Faults, For).With([.. Ports]).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        if (context.Get(Faults) is { } seed)
        {
            await HostileAsync(context, seed);
            return;
        }

        if (context.Get(For) is not null)
            throw CliFailure.Usage("--for belongs to --faults.", "aitbc up --ephemeral --faults 7 --for 1m");
        await using var network = await DevnetProcess.StartAsync(
            Arguments(context), line => context.Output.Progress(line), context.Cancel);
        context.Output.Json(network.Ready.DeepClone());
        Banner.Write(context.Output, network.Ready);
        using var stopped = CancellationTokenSource.CreateLinkedTokenSource(context.Cancel);
        var status = LivingStatus.RunAsync(context.Output, network.Data, stopped.Token);
        try
        {
            throw await network.EndedAsync(context.Cancel);
        }
        catch (OperationCanceledException) when (context.Cancel.IsCancellationRequested)
        {
            await stopped.CancelAsync();
            await status;
            context.Output.Progress("stopping");
        }
    }

    private static async Task HostileAsync(CommandContext context, int seed)
    {
        var duration = context.Get(For) is { } text ? Durations.Read(text) : TimeSpan.FromMinutes(1);
        if (duration < TimeSpan.FromSeconds(5) || duration > TimeSpan.FromHours(1))
            throw CliFailure.Usage("--for is 5 seconds to 1 hour.", "aitbc up --ephemeral --faults 7 --for 1m");
        if (context.Get(Roles) is not null || context.Get(Validators) is > 1)
        {
            throw CliFailure.Usage(
                "--faults takes all roles and one validator.", "scripts/chaos tries many validators.");
        }

        await using var network = await DevnetProcess.StartAsync(
            [.. Arguments(context), "--restart"], line => context.Output.Progress(line), context.Cancel);
        var report = await new FaultRun(network.Data, seed, duration, context.Output).RunAsync(context.Cancel);
        report.Write(context.Output);
        context.Output.Json(report.ToJson());
        context.Exit = report.Holds ? ExitCode.Ok : ExitCode.Failure;
    }

    private static IEnumerable<string> Arguments(CommandContext context)
    {
        if (context.Get(GlobalOptions.Data) is { } data)
            yield return $"--data={Path.GetFullPath(data)}";
        if (context.Get(Ephemeral))
            yield return "--ephemeral";
        if (context.Get(FreePorts))
            yield return "--free-ports";
        if (context.Get(Roles) is { } roles)
            yield return $"--roles={roles}";
        if (context.Get(Validators) is { } validators)
            yield return $"--validators={validators}";
        if (context.Get(Redis) is { } redis)
            yield return $"--redis={redis}";
        foreach (var port in Ports)
        {
            if (context.Get(port) is { } number)
                yield return $"{port.Name}={number}";
        }
    }
}

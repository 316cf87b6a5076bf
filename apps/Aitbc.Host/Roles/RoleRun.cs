using System.Text.Json;
using Aitbc.Host.Errors;

namespace Aitbc.Host.Roles;

/// <summary>Runs one role in this process until it is told to stop.</summary>
internal static class RoleRun
{
    private static readonly TimeSpan ShutdownTimeout = TimeSpan.FromSeconds(8);

    public static async Task<int> RunAsync(
        RoleDefinition role, RoleSettings settings, bool supervised, CancellationToken cancel)
    {
        using var manager = ServiceNotice.FromEnvironment();
        try
        {
            await using var app = Build(role, settings, supervised);
            app.Lifetime.ApplicationStopping.Register(manager.Stopping);
            await WaitingDoor.WhileAsync(role.PrepareAsync(app, cancel), role, settings, cancel);
            role.Map(app);
            await app.StartAsync(cancel);
            manager.Ready();
            Announce(role, settings.Listen);
            await app.WaitForShutdownAsync(cancel);
            // A role that stops by itself says so there.
            return Environment.ExitCode;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // Told to stop before it had begun.
            return 0;
        }
        catch (Exception e) when (StartFailures.From(e, role.Name, settings.Listen) is { } failure)
        {
            FailureReport.Write(failure, json: supervised);
            return 1;
        }
    }

    private static WebApplication Build(RoleDefinition role, RoleSettings settings, bool supervised)
    {
        // The content root is where the program lies: no appsettings.json of a chance working folder is read.
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = "aitbcd" });
        builder.Logging.ClearProviders().AddSimpleConsole(o =>
        {
            o.SingleLine = true;
            o.UseUtcTimestamp = true;
            o.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
        });
        builder.Services.Configure<Microsoft.Extensions.Logging.Console.ConsoleLoggerOptions>(
            o => o.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Logging.SetMinimumLevel(LogLevel.Information).AddFilter("Microsoft", LogLevel.Warning)
            .AddFilter("System.Net.Http", LogLevel.Warning)
            // A refused start is told in a sentence below; what stops a running role is critical and stays.
            .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.Services.Configure<HostOptions>(o => o.ShutdownTimeout = ShutdownTimeout);
        Listening.Configure(builder.WebHost, settings);
        if (supervised)
            builder.Services.AddSingleton<IHostLifetime, SupervisedLifetime>();
        role.Add(builder, settings.Options);
        return builder.Build();
    }

    // Standard output carries this line only; the log goes to standard error.
    private static void Announce(RoleDefinition role, Uri listen) => Console.Out.WriteLine(
        JsonSerializer.Serialize(
            new RoleReady(role.Name, Environment.ProcessId, Listening.Name(listen)),
            HostJson.Default.RoleReady));
}

namespace Aitbc.Host.Roles;

/// <summary>
/// Answers on a role's port while the role gets ready, which may take minutes: whoever asks hears that instead of
/// nothing. Everything is 503.
/// </summary>
internal static class WaitingDoor
{
    // Most starts are over before: nobody needs a door for those.
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>Ends with the work; the port is free then.</summary>
    public static async Task WhileAsync(
        Task work, RoleDefinition role, RoleSettings settings, CancellationToken cancel)
    {
        if (await Task.WhenAny(work, Task.Delay(Soon, cancel)) != work)
        {
            await using var door = Build(role, settings);
            await door.StartAsync(cancel);
            await Task.WhenAny(work);
            await door.StopAsync(CancellationToken.None);
        }

        await work;
    }

    private static WebApplication Build(RoleDefinition role, RoleSettings settings)
    {
        var builder = WebApplication.CreateSlimBuilder(
            new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory, ApplicationName = "aitbcd" });
        builder.Logging.ClearProviders();
        Listening.Configure(builder.WebHost, settings);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        var app = builder.Build();
        var body = $$"""{"status":"starting","role":"{{role.Name}}","retryable":true}""";
        app.Run(http =>
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = "1";
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync(body, http.RequestAborted);
        });
        return app;
    }

    /// <summary>Signals and the supervisor are the role's to hear.</summary>
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

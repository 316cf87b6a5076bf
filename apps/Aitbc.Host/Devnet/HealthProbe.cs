using System.Text.Json;
using Aitbc.Host.Errors;

namespace Aitbc.Host.Devnet;

/// <summary>Asks a role until it says that it is well, which is later than answering at all.</summary>
internal sealed class HealthProbe(HttpClient http, TimeProvider time)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public async Task WaitAsync(RoleProcess role, TimeSpan timeout, CancellationToken cancel)
    {
        var started = time.GetTimestamp();
        while (!await IsWellAsync(new Uri(role.Url, "/health"), cancel))
        {
            if (role.Ended.IsCompleted)
                throw role.Ending();
            if (time.GetElapsedTime(started) > timeout)
            {
                throw new StartFailure(
                    StartCodes.RoleSlow,
                    $"{role.Title} answers, but is not ready after {timeout.TotalSeconds:0} s.");
            }

            await Task.Delay(Pause, time, cancel);
        }
    }

    private async Task<bool> IsWellAsync(Uri health, CancellationToken cancel)
    {
        try
        {
            using var response = await http.GetAsync(health, cancel);
            if (!response.IsSuccessStatusCode)
                return false;
            using var body = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync(cancel));
            return !body.RootElement.TryGetProperty("status", out var status) || status.GetString() == "ok";
        }
        catch (Exception e) when (e is HttpRequestException or JsonException)
        {
            return false;
        }
    }
}

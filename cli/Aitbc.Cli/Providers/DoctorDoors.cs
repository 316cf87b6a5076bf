using Aitbc.Cli.Serve;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;

namespace Aitbc.Cli.Providers;

/// <summary>
/// Whether buyers can come in: the port on this machine is the provider's, and at its published address this provider
/// answers and no other.
/// </summary>
internal sealed class DoctorDoors : IDisposable
{
    private const string Published = "address";
    private const int MostBytes = 64 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // A published address is what the market says: it is asked once, for little, and sends nobody elsewhere.
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false })
    {
        Timeout = Patience,
        MaxResponseContentBufferSize = MostBytes,
    };

    /// <summary>The port that the provider serves on.</summary>
    public async Task<Finding> PortAsync(Uri place, CancellationToken cancel)
    {
        if (!place.IsLoopback)
            return new Finding(PortCheck.What, true, $"not looked at: {place.Host} is not this machine");
        return await ProviderAtAsync(place, cancel) is not null
            ? new Finding(PortCheck.What, true, $"{place.Port} is the provider's") : PortCheck.Look(place.Port);
    }

    /// <summary>The address under which the market sends buyers to the provider.</summary>
    /// <param name="url">As it is registered; empty = none.</param>
    /// <param name="provider">Who has to answer there.</param>
    /// <param name="cancel">Stops the look.</param>
    public async Task<Finding> PublishedAsync(string url, Address provider, CancellationToken cancel)
    {
        if (url.Length == 0)
            return new Finding(Published, true, "none is published; buyers come over the coordinator's link");
        if (!Uri.TryCreate(url, UriKind.Absolute, out var place) || place.Scheme is not ("http" or "https"))
            return new Finding(
                Published, false, $"'{url}' is published, which is no address", "Correct 'publicUrl' and start again.");
        return await ProviderAtAsync(place, cancel) switch
        {
            null => new Finding(
                Published, false, $"no provider answers at {place}, where the market sends buyers",
                "Let it 'listen' there and open that port in firewall and router, or correct 'publicUrl'."),
            var other when other != provider.ToString() => new Finding(
                Published, false, $"{(other.Length > 0 ? other : "one without an account")} answers at {place}",
                "Correct 'publicUrl': buyers would pay somebody else there, or nobody."),
            _ => new Finding(Published, true, place.IsLoopback
                ? $"{place} is for buyers of this machine; others come over the coordinator's link"
                : $"{place} answers from here"),
        };
    }

    public void Dispose() => http.Dispose();

    /// <summary>The account of the provider that answers there, empty while it has none; null if none does.</summary>
    private async Task<string?> ProviderAtAsync(Uri place, CancellationToken cancel)
    {
        try
        {
            using var answer = await http.GetAsync(new Uri(place.AbsoluteUri.TrimEnd('/') + "/health"), cancel);
            return answer.IsSuccessStatusCode && await ProviderDoor.ReadAsync(answer, cancel) is { } health
                && health.ContainsKey("running") && health.ContainsKey("paused")
                ? health["address"]?.ToString() ?? "" : null;
        }
        catch (Exception e) when (e is HttpRequestException or AitbcException or InvalidDataException
            || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return null;
        }
    }
}

using System.CommandLine;
using System.Text.Json;
using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Network;

/// <summary>
/// Where the daemons are: what the command line says, else what the running network wrote, else the standard ports.
/// Nothing is replaced silently: an address that was named is the one that is used.
/// </summary>
internal sealed record Endpoints(Uri Node, Uri Wallet, Uri Coordinator, Uri? Provider, string? WalletTokenFile)
{
    private const string FileName = "devnet.json";

    /// <summary>Validators beside the first, by name ("node-2" and so on); empty where there is one node.</summary>
    public IReadOnlyList<(string Name, Uri Url)> MoreNodes { get; private init; } = [];

    /// <summary>Which of them have ended although nobody asked them to, and the sentence that says so.</summary>
    public IReadOnlyDictionary<string, string> Ended { get; private init; } = new Dictionary<string, string>();

    public static Endpoints Find(ParseResult parsed)
    {
        var file = ReadFile(DataFolder(parsed.GetValue(GlobalOptions.Data)));
        return new Endpoints(
            parsed.GetValue(GlobalOptions.Node) ?? Of(file, "node", 8006)!,
            parsed.GetValue(GlobalOptions.Wallet) ?? Of(file, "wallet", 8015)!,
            parsed.GetValue(GlobalOptions.Coordinator) ?? Of(file, "coordinator", 8000)!,
            Of(file, "provider", null),
            parsed.GetValue(GlobalOptions.WalletToken) ?? Text(file, "tokenFile"))
        {
            // A node that was named is the only one that is meant.
            MoreNodes = parsed.GetValue(GlobalOptions.Node) is null ? MoreOf(file) : [],
            Ended = EndedOf(file),
        };
    }

    /// <summary>Of the network that a file describes.</summary>
    public static Endpoints OfNetwork(string data)
    {
        var file = ReadFile(data)
            ?? throw CliFailure.Failed("no_network", $"{data} holds no running network.", Failures.StartNetwork);
        return new Endpoints(
            Of(file, "node", 8006)!,
            Of(file, "wallet", 8015)!,
            Of(file, "coordinator", 8000)!,
            Of(file, "provider", null),
            Text(file, "tokenFile"))
        {
            MoreNodes = MoreOf(file),
            Ended = EndedOf(file),
        };
    }

    public static string DataFolder(string? named)
    {
        var set = named ?? Environment.GetEnvironmentVariable("AITBC_DATA");
        return set is { Length: > 0 }
            ? Path.GetFullPath(set)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aitbc", "devnet");
    }

    private static JsonElement? ReadFile(string data)
    {
        try
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(data, FileName)));
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (JsonException)
        {
            throw CliFailure.Failed("network_file_damaged", $"{Path.Combine(data, FileName)} is not readable JSON.");
        }
    }

    private static Uri? Of(JsonElement? file, string role, int? port)
    {
        if (file is { } found && found.TryGetProperty("urls", out var urls) && urls.TryGetProperty(role, out var url)
            && Uri.TryCreate(url.GetString(), UriKind.Absolute, out var address))
        {
            return address;
        }

        return port is { } standard ? new Uri($"http://127.0.0.1:{standard}") : null;
    }

    private static List<(string Name, Uri Url)> MoreOf(JsonElement? file) =>
        file is { } found && found.TryGetProperty("urls", out var urls)
            ? [.. urls.EnumerateObject()
                .Where(u => u.Name.StartsWith("node-", StringComparison.Ordinal))
                .Select(u => (u.Name, new Uri(u.Value.GetString()!)))]
            : [];

    private static Dictionary<string, string> EndedOf(JsonElement? file) =>
        file is { } found && found.TryGetProperty("ended", out var ended)
            ? ended.EnumerateObject().ToDictionary(e => e.Name, e => e.Value.GetString() ?? "")
            : [];

    private static string? Text(JsonElement? file, string name) =>
        file is { } found && found.TryGetProperty(name, out var value) ? value.GetString() : null;
}

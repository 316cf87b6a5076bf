using System.Globalization;
using System.Text.Json;
using Aitbc.Host.Roles;

namespace Aitbc.Host.Doctor;

/// <summary>Looks at the nodes of a network and says what is wrong.</summary>
internal static class DoctorRun
{
    private const int Healthy = 0;
    private const int SomethingIsWrong = 1;
    private const string FileName = "devnet.json";

    /// <param name="data">Folder of a network or a node on this machine; it need not be there.</param>
    /// <param name="urls">Nodes to ask; none = those of the network in the folder, else the standard address.</param>
    /// <param name="json">One line of JSON.</param>
    /// <param name="cancel">Ends it.</param>
    public static async Task<int> RunAsync(string data, IReadOnlyList<Uri> urls, bool json, CancellationToken cancel)
    {
        var network = ReadNetwork(data);
        var nodes = urls.Count > 0 ? [.. urls.Select(u => (Name: u.Authority, Url: u))] : Nodes(network);
        var seen = new Observation
        {
            Nodes = await new NodeProbe(TimeProvider.System).AskAsync(nodes, cancel),
            Now = TimeProvider.System.GetUtcNow(),
            Ended = network?.Ended ?? new Dictionary<string, string>(),
            Folder = Directory.Exists(data) ? data : null,
            FreeBytes = Directory.Exists(data) ? Free(data) : null,
        };
        var findings = Diagnosis.Of(seen);
        if (json)
            Console.Out.WriteLine(JsonSerializer.Serialize(Report(seen, findings), HostJson.Default.DoctorReport));
        else
            Write(seen, findings);
        return findings.Count == 0 ? Healthy : SomethingIsWrong;
    }

    private static void Write(Observation seen, IReadOnlyList<Finding> findings)
    {
        foreach (var node in seen.Nodes)
            Console.Out.WriteLine(Line(node, seen.Now));
        foreach (var finding in findings)
        {
            Console.Out.WriteLine($"{finding.Severity}: {finding.Detail}");
            Console.Out.WriteLine($"  {finding.Next}");
        }

        if (findings.Count == 0)
            Console.Out.WriteLine("Nothing is wrong.");
    }

    private static string Line(NodeView node, DateTimeOffset now)
    {
        if (node.Head is not { } head)
            return $"{node.Name}: no answer";
        var age = Math.Max(0, now.ToUnixTimeSeconds() - (long)head.TimestampSeconds);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{node.Name}: block {head.Number}, {age} s old, {node.Status?.Pending ?? 0} transactions wait, ")
            + string.Create(CultureInfo.InvariantCulture, $"{node.Peers?.Count ?? 0} peers");
    }

    private static DoctorReport Report(Observation seen, IReadOnlyList<Finding> findings) => new(
        findings.Count == 0,
        findings,
        [.. seen.Nodes.Select(n => new DoctorNode(
            n.Name, n.Url, n.Head?.Number, n.Status?.Pending, n.Peers?.Count, n.Consensus?.Round?.Round))]);

    private static List<(string Name, Uri Url)> Nodes(DevnetFile? network)
    {
        var listed = network?.Urls
            .Where(u => u.Key == RoleTable.Node || u.Key.StartsWith(RoleTable.Node + "-", StringComparison.Ordinal))
            .Select(u => (u.Key, new Uri(u.Value)))
            .ToList();
        return listed is { Count: > 0 }
            ? listed
            : [(RoleTable.Node, new Uri($"http://127.0.0.1:{RoleTable.Find(RoleTable.Node)!.Port}"))];
    }

    private static DevnetFile? ReadNetwork(string data)
    {
        try
        {
            return JsonSerializer.Deserialize(
                File.ReadAllBytes(Path.Combine(data, FileName)), HostJson.Default.DevnetFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // no network runs there
        }
    }

    private static long? Free(string data)
    {
        try
        {
            return new DriveInfo(data).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>What <c>aitbcd doctor --json</c> says.</summary>
internal sealed record DoctorReport(bool Healthy, IReadOnlyList<Finding> Findings, IReadOnlyList<DoctorNode> Nodes);

/// <summary>One node in it; what is not known is left out.</summary>
internal sealed record DoctorNode(string Name, Uri Url, ulong? Height, ulong? Pending, int? Peers, int? Round);

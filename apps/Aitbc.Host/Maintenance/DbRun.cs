using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Host.Errors;
using Aitbc.Node;
using Aitbc.Node.Maintenance;

namespace Aitbc.Host.Maintenance;

/// <summary>Carries out the commands of <c>aitbcd db</c> and says what came of it.</summary>
internal static class DbRun
{
    private const int Done = 0;
    private const int Refused = 1;
    private const int Damaged = 3;

    public static int Verify(string data, ulong blocks, bool json, CancellationToken cancel) => Run(
        () => NodeData.Verify(data, blocks, cancel),
        HostJson.Default.VerifyReport,
        report => DbText.Of(report, data),
        json,
        report => report.ProblemCount == 0 ? Done : Damaged);

    public static int RebuildTrie(string data, bool really, bool json, CancellationToken cancel) => Run(
        () => NodeData.RebuildTrie(data, really, cancel), HostJson.Default.RebuildReport, DbText.Of, json, _ => Done);

    public static int Rollback(string data, ulong to, bool really, bool json, CancellationToken cancel) => Run(
        () => NodeData.Rollback(data, to, really, cancel), HostJson.Default.RollbackReport, DbText.Of, json, _ => Done);

    public static int Snapshot(string data, string file, bool json, CancellationToken cancel) => Run(
        () => NodeData.Snapshot(data, file, cancel), HostJson.Default.SnapshotReport, r => DbText.Made(r, file), json,
        _ => Done);

    public static int Restore(NodeOptions options, string file, bool json, CancellationToken cancel) => Run(
        () => NodeData.RestoreAsync(options, file, cancel).GetAwaiter().GetResult(), HostJson.Default.SnapshotReport,
        DbText.Restored, json, _ => Done);

    private static int Run<T>(
        Func<T> work, JsonTypeInfo<T> type, Func<T, IEnumerable<string>> text, bool json, Func<T, int> code)
    {
        try
        {
            var report = work();
            foreach (var line in json ? [JsonSerializer.Serialize(report, type)] : text(report))
                Console.Out.WriteLine(line);
            return code(report);
        }
        catch (Exception e) when (Refusal(e) is { } body)
        {
            if (json)
                Console.Out.WriteLine(JsonSerializer.Serialize(new DbFailure(body), HostJson.Default.DbFailure));
            else
                Console.Error.WriteLine($"aitbcd: {body.Detail}");
            return Refused;
        }
    }

    private static FailureBody? Refusal(Exception exception) => exception switch
    {
        NodeStartException refusal => new FailureBody(refusal.Code, refusal.Message, null),
        IOException or UnauthorizedAccessException => new FailureBody(StartCodes.RoleFailed, exception.Message, null),
        _ => null,
    };
}

using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Demo;

/// <summary>What the demo saw. It holds only if everything in it does.</summary>
internal sealed class DemoReport
{
    public List<DemoJob> Jobs { get; } = [];

    public List<DemoRefusal> Refused { get; } = [];

    public bool Conservation { get; set; }

    public double Seconds { get; set; }

    public bool Holds => Conservation && Jobs.Count > 0 && Jobs.All(j => j.Holds) && Refused.All(r => r.Holds);

    public JsonObject ToJson() => new()
    {
        ["jobs"] = new JsonArray([.. Jobs.Select(j => (JsonNode)j.ToJson())]),
        ["refused"] = new JsonArray([.. Refused.Select(r => (JsonNode)r.ToJson())]),
        ["conservation"] = Conservation,
        ["seconds"] = Math.Round(Seconds, 1),
    };
}

/// <summary>One job of the demo, or why it was left out.</summary>
internal sealed record DemoJob(string Engine)
{
    public JobView? Job { get; init; }

    /// <summary>Why it was left out; null = it ran.</summary>
    public string? Skipped { get; init; }

    public string? UnitKind { get; init; }

    public UInt256 ClientBefore { get; init; }

    public UInt256 ClientAfter { get; init; }

    public UInt256 ProviderBefore { get; init; }

    public UInt256 ProviderAfter { get; init; }

    public string? ReceiptFile { get; init; }

    public bool ReceiptVerified { get; init; }

    public string? Verdict { get; init; }

    /// <summary>What is known about the result's truth.</summary>
    public string? Check { get; init; }

    /// <summary>False if the result is known to be wrong.</summary>
    public bool ResultHolds { get; init; } = true;

    public bool Holds => Skipped is not null
        || (Job is { State: Sdk.Jobs.JobState.Settled, FundTransaction: not null, SettleTransaction: not null }
            && ReceiptVerified && ResultHolds);

    public JsonObject ToJson() => new()
    {
        ["id"] = Job?.Id.ToString(),
        ["engine"] = Engine,
        ["state"] = Skipped ?? Job?.State.ToString().ToLowerInvariant(),
        ["units"] = Job?.Units,
        ["price"] = Job?.Charge?.ToString(),
        ["fundTx"] = Job?.FundTransaction?.ToString(),
        ["settleTx"] = Job?.SettleTransaction?.ToString(),
        ["receiptVerified"] = ReceiptVerified,
    };
}

/// <summary>An attempt to get work without paying for it.</summary>
/// <param name="Attempt">What was tried.</param>
/// <param name="Code">What the provider answered; null = it did the work.</param>
/// <param name="Detail">Its sentence.</param>
/// <param name="Executed">True if the provider started an engine.</param>
/// <param name="Expected">The code that is right.</param>
internal sealed record DemoRefusal(string Attempt, string? Code, string Detail, bool Executed, string Expected)
{
    public bool Holds => Code == Expected && !Executed;

    public JsonObject ToJson() => new() { ["attempt"] = Attempt, ["code"] = Code, ["executed"] = Executed };
}

using System.Text.Json.Serialization;

namespace Aitbc.Sdk.Jobs;

/// <summary>Where a job stands. The same word in every daemon, answer and log (specs/market/jobs.md).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<JobState>))]
public enum JobState
{
    /// <summary>The terms are offered; no money is in the escrow.</summary>
    Quoted = 0,

    /// <summary>The escrow holds the budget.</summary>
    Funded = 1,

    /// <summary>A provider holds a lease.</summary>
    Assigned = 2,

    /// <summary>The provider says that it executes.</summary>
    Running = 3,

    /// <summary>The escrow holds the digest of a receipt.</summary>
    Submitted = 4,

    /// <summary>The result is disputed; nobody was paid yet.</summary>
    Disputed = 5,

    /// <summary>The provider was paid. Terminal.</summary>
    Settled = 6,

    /// <summary>Whatever was held went back to the client. Terminal.</summary>
    Refunded = 7,
}

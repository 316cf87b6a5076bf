namespace Aitbc.Ledger.Contracts.Reexecution;

/// <summary>Where the dispute of a job stands. The last three are terminal.</summary>
internal enum DisputeState
{
    /// <summary>The job is not with this hook, or not funded.</summary>
    None = 0,

    /// <summary>Terms are set and nobody has disputed.</summary>
    Agreed = 1,

    /// <summary>Disputed: the re-executors vote.</summary>
    Disputed = 2,

    /// <summary>The majority had the provider's result.</summary>
    Confirmed = 3,

    /// <summary>The majority had another result.</summary>
    Refuted = 4,

    /// <summary>No majority in time: the result stands.</summary>
    Lapsed = 5,
}

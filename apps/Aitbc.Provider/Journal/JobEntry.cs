namespace Aitbc.Provider.Journal;

/// <summary>What the journal knows of one job: its last step and the payload of each step that it passed.</summary>
internal sealed record JobEntry(
    string JobId,
    JobStep Step,
    DateTimeOffset ChangedAt,
    IReadOnlyDictionary<JobStep, string> Payloads)
{
    /// <summary>The payload of a step, which must have been passed.</summary>
    public string Payload(JobStep step) => Payloads[step];

    public bool Passed(JobStep step) => Payloads.ContainsKey(step);
}

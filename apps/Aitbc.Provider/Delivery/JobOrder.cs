using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Delivery;

/// <summary>What is executed and on which terms, as the journal keeps it from admission on.</summary>
internal sealed record JobOrder(JobTerms Terms, JobSpec Spec);

/// <summary>Why a job failed, as the journal keeps it until the coordinator was told.</summary>
internal sealed record JobFailure(string Code, string Detail);

/// <summary>How a job was submitted: the transaction, or null when the chain held the digest already.</summary>
internal sealed record JobSubmission(string? Transaction);

/// <summary>Why nothing remains to be done.</summary>
internal sealed record JobClosing(string Reason);

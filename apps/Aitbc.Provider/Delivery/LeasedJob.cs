namespace Aitbc.Provider.Delivery;

/// <summary>A job that the coordinator handed to this provider for a while.</summary>
internal sealed record LeasedJob(string LeaseId, DateTimeOffset ExpiresAt, JobOrder Order);

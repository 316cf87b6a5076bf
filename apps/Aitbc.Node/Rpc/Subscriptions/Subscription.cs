using Aitbc.Node.Rpc.Logs;

namespace Aitbc.Node.Rpc.Subscriptions;

/// <summary>What a connection wants to be told of.</summary>
/// <param name="Id">Its name on this connection.</param>
/// <param name="Kind">Of what.</param>
/// <param name="Criteria">Which logs, if logs.</param>
/// <param name="Full">Whole transactions instead of their hashes.</param>
internal sealed record Subscription(string Id, SubscriptionKind Kind, LogCriteria? Criteria, bool Full)
{
    /// <summary>Set once the answer with the id has been sent: no event may come before it.</summary>
    public bool IsActive { get; set; }
}

internal enum SubscriptionKind
{
    NewHeads,
    Logs,
    PendingTransactions,
}

using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Pool;

/// <summary>A transaction that waits, in the list of arrivals and in the queue of its account.</summary>
/// <param name="transaction">The transaction.</param>
/// <param name="sender">Who signed it.</param>
/// <param name="cost">The most it can take from its sender.</param>
/// <param name="since">Timestamp of its arrival.</param>
internal sealed class Waiting(Transaction transaction, Address sender, UInt256 cost, long since)
{
    public Transaction Transaction { get; } = transaction;

    public Address Sender { get; } = sender;

    public UInt256 Cost { get; } = cost;

    public long Since { get; } = since;

    /// <summary>Bytes that it keeps, for the bound of the pool.</summary>
    public int Size { get; } = transaction.Encode().Length;

    /// <summary>Set when it left because a block holds it.</summary>
    public bool IsFinal { get; set; }

    public Waiting? Earlier { get; set; }

    public Waiting? Later { get; set; }
}

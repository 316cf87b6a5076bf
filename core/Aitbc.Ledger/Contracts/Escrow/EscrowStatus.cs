namespace Aitbc.Ledger.Contracts.Escrow;

/// <summary>ERC-8183 JobStatus. Completed, Rejected and Expired are terminal.</summary>
internal enum EscrowStatus
{
    Open = 0,
    Funded = 1,
    Submitted = 2,
    Completed = 3,
    Rejected = 4,
    Expired = 5,
}

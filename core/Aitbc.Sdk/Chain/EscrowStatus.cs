namespace Aitbc.Sdk.Chain;

/// <summary>State of a job in the escrow contract (ERC-8183, enum JobStatus).</summary>
public enum EscrowStatus
{
    /// <summary>Created, not paid.</summary>
    Open = 0,

    /// <summary>The budget is held by the escrow.</summary>
    Funded = 1,

    /// <summary>The provider delivered; the evaluator decides.</summary>
    Submitted = 2,

    /// <summary>Provider paid. Terminal.</summary>
    Completed = 3,

    /// <summary>Refused by evaluator or client; anything held was refunded. Terminal.</summary>
    Rejected = 4,

    /// <summary>Time is over; anything held was refunded. Terminal.</summary>
    Expired = 5,
}

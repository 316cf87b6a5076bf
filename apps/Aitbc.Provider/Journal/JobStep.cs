namespace Aitbc.Provider.Journal;

/// <summary>How far a job has come here. The order is the order of the records in its file.</summary>
internal enum JobStep
{
    /// <summary>
    /// The payment was verified on the chain and this job is taken: no other request can be admitted for it.
    /// </summary>
    Admitted = 0,

    /// <summary>
    /// The engine runs or ran, and nothing came of it yet: it may run again, since nothing was delivered.
    /// </summary>
    Executing = 1,

    /// <summary>
    /// The output is on disk and what the receipt will say is fixed: the job is never executed again.
    /// </summary>
    Executed = 2,

    /// <summary>The receipt is signed.</summary>
    Signed = 3,

    /// <summary>The chain holds the digest of the receipt.</summary>
    Submitted = 4,

    /// <summary>The coordinator holds output and receipt. Only settlement is awaited.</summary>
    Delivered = 5,

    /// <summary>The job ended without a result; the coordinator is still to be told.</summary>
    Failed = 6,

    /// <summary>Nothing remains to be done for this job.</summary>
    Closed = 7,
}

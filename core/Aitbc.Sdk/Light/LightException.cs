namespace Aitbc.Sdk.Light;

/// <summary>Why a light client believes nothing of what it was told.</summary>
public enum LightFailure
{
    /// <summary>The parts of the answer do not belong together, or are of another height.</summary>
    BadAnswer,

    /// <summary>The validators are not those that the verified header before names.</summary>
    OtherValidators,

    /// <summary>The commit certificate does not hold.</summary>
    BadCertificate,

    /// <summary>What is trusted is older than the trusting period: begin anew from something younger.</summary>
    TrustExpired,

    /// <summary>Too many blocks would have to be fetched.</summary>
    TooFar,

    /// <summary>The block is of a time that has not come, or older than the block before it.</summary>
    WrongTime,

    /// <summary>A proof does not prove what was asked.</summary>
    BadProof,

    /// <summary>The height lies before what the client was told to trust.</summary>
    BeforeTrust,

    /// <summary>Who was asked does not have the block.</summary>
    NotAvailable,

    /// <summary>Two different blocks of one height both have good certificates: more than a third cheat.</summary>
    Fork,
}

/// <summary>Nothing of an answer is believed.</summary>
/// <param name="failure">Why.</param>
/// <param name="message">A sentence.</param>
public sealed class LightException(LightFailure failure, string message) : Exception(message)
{
    /// <summary>Why.</summary>
    public LightFailure Failure { get; } = failure;
}

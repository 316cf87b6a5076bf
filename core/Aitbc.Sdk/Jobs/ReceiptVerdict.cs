using System.Text.Json.Serialization;

namespace Aitbc.Sdk.Jobs;

/// <summary>What a verification found. Only <see cref="Valid"/> is a success.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReceiptVerdict>))]
public enum ReceiptVerdict
{
    /// <summary>Signed by a trusted provider, and everything that was asked for agrees.</summary>
    Valid = 0,

    /// <summary>The file is no receipt, or its fields contradict each other.</summary>
    Malformed = 1,

    /// <summary>The provider is none of those that the caller trusts.</summary>
    UnknownProvider = 2,

    /// <summary>The signature is not the provider's over this receipt.</summary>
    BadSignature = 3,

    /// <summary>The output given does not have the hash in the receipt.</summary>
    WrongHash = 4,

    /// <summary>The receipt is of another chain or escrow than the one asked.</summary>
    WrongChain = 5,

    /// <summary>The chain knows no such job.</summary>
    NotOnChain = 6,

    /// <summary>The chain holds another deliverable, provider, client or charge for the job.</summary>
    ContradictsChain = 7,

    /// <summary>The chain agrees so far, but the job is not settled.</summary>
    NotSettled = 8,

    /// <summary>The provider published no root for that hour, or the receipt does not stand under it.</summary>
    NotAnchored = 9,

    /// <summary>The attestation in the file does not show what the receipt says of its graphics processor.</summary>
    BadGpuProof = 10,
}

/// <summary>A verdict with its sentence.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Detail">Why, for people.</param>
public sealed record ReceiptVerification(ReceiptVerdict Verdict, string Detail)
{
    /// <summary>True for <see cref="ReceiptVerdict.Valid"/> only.</summary>
    public bool IsValid => Verdict == ReceiptVerdict.Valid;
}

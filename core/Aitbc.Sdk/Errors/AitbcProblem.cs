using System.Text.Json.Serialization;

namespace Aitbc.Sdk.Errors;

/// <summary>
/// What every AITBC daemon answers when it does not do what was asked: application/problem+json (RFC 9457) with a
/// closed code for programs and a sentence for people.
/// </summary>
public sealed record AitbcProblem
{
    /// <summary>The media type of a problem.</summary>
    public const string MediaType = "application/problem+json";

    /// <summary>A URI reference of the problem's type; <c>about:blank</c> = the code says it all.</summary>
    public string Type { get; init => field = value ?? "about:blank"; } = "about:blank";

    /// <summary>Short summary of the status.</summary>
    public string Title { get; init => field = value ?? ""; } = "";

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>One of <see cref="ProblemCodes"/>, or another lower-case word of the daemon's specification.</summary>
    public required string Code { get; init; }

    /// <summary>What happened, as a sentence. Never a secret.</summary>
    public required string Detail { get; init; }

    /// <summary>True if the same request may succeed later without a change.</summary>
    public bool Retryable { get; init; }

    /// <summary>True if money moved although the request failed.</summary>
    public bool Charged { get; init; }

    /// <summary>What to do next, if something helps.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.Never)]
    public string? Next { get; init; }

    /// <summary>Seconds after which the same request may succeed, from 1, as in the header Retry-After.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? RetryAfter { get; init; }

    /// <summary>Of a refused quote: the first limit that no offer meets, such as <c>region</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Limit { get; init; }

    /// <summary>Of a refused quote: the offer that would fit if that limit were its value.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public NearestOffer? Nearest { get; init; }
}

/// <summary>The offer that comes nearest to what was asked for.</summary>
/// <param name="OfferId">Its id as 0x hex.</param>
/// <param name="Provider">Its provider's address.</param>
/// <param name="Value">Its value of the limit that failed.</param>
/// <param name="Total">atto-AIT for the worst case there, decimal.</param>
public sealed record NearestOffer(string OfferId, string Provider, string Value, string Total);

/// <summary>Source-generated JSON of a problem.</summary>
[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(AitbcProblem))]
public sealed partial class ProblemJson : JsonSerializerContext;

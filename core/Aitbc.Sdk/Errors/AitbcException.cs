using System.Text.Json;

namespace Aitbc.Sdk.Errors;

/// <summary>A daemon refused a request with a typed problem.</summary>
public sealed class AitbcException : Exception
{
    private const int MaxProblemBytes = 64 * 1024;
    private const int TooManyRequests = 429;
    private const int ServerError = 500;

    /// <summary>Makes the exception.</summary>
    public AitbcException(AitbcProblem problem, Exception? inner = null)
        : base(problem?.Detail, inner)
    {
        ArgumentNullException.ThrowIfNull(problem);
        Problem = problem;
    }

    /// <summary>What the daemon said.</summary>
    public AitbcProblem Problem { get; }

    /// <summary>
    /// Reads the problem of a response that is not a success. A body that is no problem (a proxy's page, say) becomes
    /// one with the code <see cref="ProblemCodes.UnexpectedAnswer"/>.
    /// </summary>
    public static async Task<AitbcException> FromResponseAsync(
        HttpResponseMessage response, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(response);
        try
        {
            if (response.Content.Headers.ContentType?.MediaType == AitbcProblem.MediaType)
            {
                await response.Content.LoadIntoBufferAsync(MaxProblemBytes, cancel).ConfigureAwait(false);
                var body = await response.Content.ReadAsByteArrayAsync(cancel).ConfigureAwait(false);
                if (JsonSerializer.Deserialize(body, ProblemJson.Default.AitbcProblem) is { } problem)
                    return new AitbcException(problem);
            }
        }
        catch (Exception e) when (e is JsonException or HttpRequestException)
        {
            return new AitbcException(Unexpected(response), e);
        }

        return new AitbcException(Unexpected(response));
    }

    private static AitbcProblem Unexpected(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        return new AitbcProblem
        {
            Status = status,
            Code = ProblemCodes.UnexpectedAnswer,
            Title = response.ReasonPhrase ?? "",
            Detail = $"{response.RequestMessage?.RequestUri} answered HTTP {status} without a readable problem.",
            Retryable = status is TooManyRequests or >= ServerError,
        };
    }
}

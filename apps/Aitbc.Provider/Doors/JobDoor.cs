using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Provider.Delivery;
using Aitbc.Provider.Errors;
using Aitbc.Provider.Journal;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors;

/// <summary>
/// The direct door: a client sends its funded job here instead of waiting for a coordinator to hand it over.
/// </summary>
internal static class JobDoor
{
    /// <summary>Two blobs of 8 MiB in base64, with terms and specification.</summary>
    public const long MaxBodyBytes = 24 * 1024 * 1024;

    private const string SignatureHeader = "X-Aitbc-Signature";

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/jobs", SendAsync).WithMetadata(new BodyLimit());
        routes.MapGet("/v1/jobs/{id}", Show);
        routes.MapGet("/v1/jobs/{id}/result", Result);
    }

    private static async Task<IResult> SendAsync(
        HttpContext http, JobIntake intake, JobJournal journal, ProviderSelf self)
    {
        var request = await ReadAsync(http);
        var inputs = DecodeInputs(request);
        var entry = await intake.TakeAsync(new JobOrder(request.Terms!, request.Spec!), inputs, http.RequestAborted);
        var mayRead = IsClient(request.Signature, request.Terms!, self);
        var output = mayRead ? journal.ReadOutput(entry.JobId) : null;
        return Results.Json(Describe(entry, output), DoorJson.Default.JobAnswer);
    }

    private static IResult Show(string id, JobJournal journal) =>
        Results.Json(Describe(Find(id, journal), null), DoorJson.Default.JobAnswer);

    private static IResult Result(string id, HttpContext http, JobJournal journal, ProviderSelf self)
    {
        var entry = Find(id, journal);
        if (!IsClient(http.Request.Headers[SignatureHeader], entry.Order().Terms, self))
            throw Refusals.Of(
                ProblemCodes.Unauthorized,
                401,
                "Only the client of the job may read its output.",
                next: $"Send the header {SignatureHeader} with the client's EIP-191 signature.");
        return journal.ReadOutput(entry.JobId) is { } output
            ? Results.Bytes(output, "application/octet-stream")
            : throw Refusals.Of(ProblemCodes.JobNotFound, 404, "The job has no output.");
    }

    private static async Task<JobRequest> ReadAsync(HttpContext http)
    {
        try
        {
            var request = await http.Request.ReadFromJsonAsync(DoorJson.Default.JobRequest, http.RequestAborted);
            return request?.Terms is not null && request.Spec is not null
                ? request : throw Invalid("The body must have terms and spec.");
        }
        catch (Exception malformed) when (malformed is JsonException or InvalidOperationException or FormatException)
        {
            throw Invalid("The body is no JSON object with terms, spec and inputs.");
        }
    }

    private static Dictionary<Hash256, byte[]> DecodeInputs(JobRequest request)
    {
        var inputs = new Dictionary<Hash256, byte[]>();
        foreach (var (name, base64) in request.Inputs ?? [])
        {
            if (!Hash256.TryParse(name, out var hash))
                throw Invalid("The names of inputs are hashes of 0x and 64 hex digits.");
            try
            {
                inputs[hash] = Convert.FromBase64String(base64);
            }
            catch (FormatException)
            {
                throw Invalid($"The input {hash} is no base64.");
            }
        }

        return inputs;
    }

    private static JobEntry Find(string id, JobJournal journal) =>
        (Hash256.TryParse(id, out var jobId) ? journal.Find(jobId.ToString()) : null)
        ?? throw Refusals.Of(ProblemCodes.JobNotFound, 404, "This provider does not have that job.");

    private static JobAnswer Describe(JobEntry entry, byte[]? output)
    {
        var failure = entry.Failure();
        return new JobAnswer(
            entry.JobId,
            JsonNamingPolicy.CamelCase.ConvertName(entry.Step.ToString()),
            entry.ReceiptFile(),
            output is null ? null : Convert.ToBase64String(output),
            failure?.Code,
            failure?.Detail);
    }

    /// <summary>Job ids are public on the chain: whoever asks for an output shows to be the client who paid.</summary>
    private static bool IsClient(string? signature, JobTerms terms, ProviderSelf self)
    {
        if (self.Identity is not { } me || !Hex.TryParse(signature, out var bytes) || bytes.Length != 65)
            return false;
        var message = Encoding.UTF8.GetBytes(ResultMessage(me.Address, terms.JobId));
        return Signature.TryParse65(bytes, out var parsed)
            && Secp256k1.TryRecover(Eip191.HashMessage(message), parsed, out var signer)
            && signer == terms.Client;
    }

    public static string ResultMessage(Address provider, Hash256 jobId) =>
        $"AITBC provider {provider}: result of job {jobId}";

    private static AitbcException Invalid(string detail) => Refusals.Of(ProblemCodes.InvalidRequest, 400, detail);

    private sealed class BodyLimit : IRequestSizeLimitMetadata
    {
        public long? MaxRequestBodySize => MaxBodyBytes;
    }
}

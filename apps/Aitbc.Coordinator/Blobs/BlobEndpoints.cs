using Aitbc.Coordinator.Access;
using Aitbc.Coordinator.Errors;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Coordinator.Blobs;

internal static class BlobEndpoints
{
    public static void MapBlobs(this IEndpointRouteBuilder routes, CoordinatorOptions options)
    {
        routes.MapPut("/v1/blobs", PutAsync)
            .WithName("PutBlob").WithScope(AccessScope.JobsWrite, AccessScope.Provider).WithTags("blobs")
            .WithMetadata(new RequestSizeLimitAttribute(options.MaxBlobBytes))
            .Accepts<byte[]>("application/octet-stream");
        routes.MapGet("/v1/blobs/{hash}", GetAsync)
            .WithName("GetBlob").WithScope(AccessScope.JobsRead, AccessScope.Provider).WithTags("blobs")
            .Produces(200, contentType: "application/octet-stream");
    }

    private static async Task<Ok<BlobAnswer>> PutAsync(
        HttpContext http, Caller caller, BlobStore blobs, CoordinatorOptions options)
    {
        using var body = new MemoryStream();
        var chunk = new byte[64 * 1024];
        int read;
        while ((read = await http.Request.Body.ReadAsync(chunk, http.RequestAborted)) > 0)
        {
            if (body.Length + read > options.MaxBlobBytes)
                throw Refusal.Of(
                    413, ProblemCodes.BodyTooLarge, $"A blob has at most {options.MaxBlobBytes} bytes.");
            body.Write(chunk, 0, read);
        }

        var bytes = body.ToArray();
        var hash = await blobs.PutAsync(caller.Account, bytes, http.RequestAborted);
        return TypedResults.Ok(new BlobAnswer(hash, bytes.Length));
    }

    private static async Task<IResult> GetAsync(
        Hash256 hash, Caller caller, BlobStore blobs, CancellationToken cancel) =>
        await blobs.FindAsync(caller.Account, hash, cancel) is { } bytes
            ? TypedResults.Bytes(bytes, "application/octet-stream")
            : throw Refusal.Of(404, ProblemCodes.BlobNotFound, $"You have no blob {hash}.");
}

using Aitbc.Primitives;
using Aitbc.Primitives.Merkle;
using Aitbc.Provider.Errors;
using Aitbc.Provider.Receipts;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Jobs;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Aitbc.Provider.Doors;

/// <summary>Where a receipt stands in the tree of its hour, for anybody who has it.</summary>
internal static class ReceiptDoor
{
    // A tree is hashed anew for each question: one at a time, so that questions take one processor at most.
    private static readonly SemaphoreSlim Turn = new(1, 1);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/v1/receipts/{jobId}/proof", ShowAsync);

    private static async Task<IResult> ShowAsync(
        string jobId, ReceiptBook book, RootPublishing publishing, ProviderSelf self, CancellationToken cancel)
    {
        if (self.Identity is not { } me)
            throw Refusals.Of(
                ProviderCodes.Starting, 503, "The provider has not reached its wallet or node yet.", retryable: true);
        if (!Hash256.TryParse(jobId, out var id) || book.Find(id) is not var (epoch, index))
            throw Refusals.Of(
                ProviderCodes.ReceiptNotFound, 404, "No receipt of this job was signed here, or too long ago.");
        var open = new ReceiptProof
        {
            JobId = id,
            Digest = book.Digest(epoch, index),
            Provider = me.Address,
            Epoch = epoch,
            Index = (ulong)index,
            Published = false,
        };
        if (!book.IsClosed(epoch))
            return Results.Json(open, ReceiptJson.Default.ReceiptProof);
        await Turn.WaitAsync(cancel);
        try
        {
            var leaves = book.Leaves(epoch);
            return Results.Json(
                open with
                {
                    Count = (ulong)leaves.Count,
                    Root = ReceiptTree.Root(leaves),
                    Proof = ReceiptTree.Prove(leaves, index),
                    Published = publishing.IsPublished(epoch),
                },
                ReceiptJson.Default.ReceiptProof);
        }
        finally
        {
            Turn.Release();
        }
    }
}

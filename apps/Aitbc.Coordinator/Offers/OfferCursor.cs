using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Aitbc.Coordinator.Errors;
using Aitbc.Coordinator.Storage;
using Aitbc.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Offers;

/// <summary>
/// Where a page of offers ended: class, price, rank, time of issue, id. It holds when that offer is gone.
/// </summary>
internal static class OfferCursor
{
    private const int Fixed = 16 + 4 + 8 + Hash256.Length;
    private const int Longest = 512;

    public static string Of(OfferRow row)
    {
        var name = Encoding.UTF8.GetBytes(row.ResourceClass);
        var bytes = new byte[Fixed + name.Length];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, row.Price);
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(16), row.Rank);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(20), row.IssuedAt);
        row.Id.CopyTo(bytes.AsSpan(28, Hash256.Length));
        name.CopyTo(bytes, Fixed);
        return Base64Url.EncodeToString(bytes);
    }

    public static IQueryable<OfferRow> After(CoordinatorDbContext db, string? cursor)
    {
        if (cursor is null)
            return db.Offers;
        if (cursor.Length > Longest || !Base64Url.IsValid(cursor)
            || Base64Url.DecodeFromChars(cursor) is not { Length: > Fixed } bytes)
        {
            throw Refusal.Invalid("after is not a cursor of an earlier page.");
        }

        var name = Encoding.UTF8.GetString(bytes.AsSpan(Fixed));
        var (price, id) = (bytes[..16], bytes[28..Fixed]);
        var rank = BinaryPrimitives.ReadInt32BigEndian(bytes.AsSpan(16));
        var issued = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(20));
        return db.Offers.FromSql(
            $"""
            SELECT * FROM offers
            WHERE ("ResourceClass", "Price", "Rank", "IssuedAt", "Id") > ({name}, {price}, {rank}, {issued}, {id})
            """);
    }
}

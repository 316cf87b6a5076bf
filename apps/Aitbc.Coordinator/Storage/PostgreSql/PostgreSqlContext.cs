using Aitbc.Primitives;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Storage.PostgreSql;

/// <summary>
/// The same tables in PostgreSQL, with migrations of their own, and the blobs, which all coordinators read.
/// </summary>
internal sealed class PostgreSqlContext(DbContextOptions<PostgreSqlContext> options) : CoordinatorDbContext(options)
{
    /// <summary>Classes are compared by their bytes, as everywhere else.</summary>
    private const string Bytewise = "C";

    public DbSet<BlobRow> Blobs => Set<BlobRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        base.OnModelCreating(modelBuilder);
        modelBuilder.Entity<OfferRow>().Property(o => o.ResourceClass).UseCollation(Bytewise);
        modelBuilder.Entity<BidRow>().Property(b => b.ResourceClass).UseCollation(Bytewise);
        modelBuilder.Entity<BookInputRow>().Property(i => i.ResourceClass).UseCollation(Bytewise);
        modelBuilder.Entity<BlobRow>(blob =>
        {
            blob.ToTable("blobs");
            blob.HasKey(b => b.Hash);
        });
    }
}

/// <summary>The bytes of a blob.</summary>
internal sealed class BlobRow
{
    public required Hash256 Hash { get; init; }

    public required byte[] Bytes { get; init; }
}

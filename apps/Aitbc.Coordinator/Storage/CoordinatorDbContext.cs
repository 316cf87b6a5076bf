using System.Buffers.Binary;
using Aitbc.Coordinator.Offers;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Aitbc.Coordinator.Storage;

/// <summary>The coordinator's database, in SQLite.</summary>
internal class CoordinatorDbContext(DbContextOptions options) : DbContext(options)
{
    // In the words of the queries: only so do the databases see that an index has all that a query asks for.
    private static readonly string ReadyFilter =
        $"\"State\" = {(int)JobState.Funded} AND \"RejectCode\" IS NULL AND \"ReceiptJson\" IS NULL "
        + "AND \"LeaseId\" IS NULL";

    private const string WatchedFilter = "\"Watched\"";

    private const string LeasedFilter = "\"LeaseId\" IS NOT NULL";

    public DbSet<JobRow> Jobs => Set<JobRow>();

    public DbSet<JobEventRow> Events => Set<JobEventRow>();

    public DbSet<ProviderRow> Providers => Set<ProviderRow>();

    public DbSet<ChallengeRow> Challenges => Set<ChallengeRow>();

    public DbSet<TokenRow> Tokens => Set<TokenRow>();

    public DbSet<BlobOwnerRow> BlobOwners => Set<BlobOwnerRow>();

    public DbSet<OfferRow> Offers => Set<OfferRow>();

    public DbSet<QuoteRow> Quotes => Set<QuoteRow>();

    public DbSet<BidRow> Bids => Set<BidRow>();

    public DbSet<BookInputRow> BookInputs => Set<BookInputRow>();

    public DbSet<MarkRow> Marks => Set<MarkRow>();

    public DbSet<StandingRow> Standings => Set<StandingRow>();

    public DbSet<MessageRow> Messages => Set<MessageRow>();

    public DbSet<GpuChallengeRow> GpuChallenges => Set<GpuChallengeRow>();

    protected override void ConfigureConventions(ModelConfigurationBuilder configurationBuilder)
    {
        configurationBuilder.Properties<Hash256>().HaveConversion<HashBytes>();
        configurationBuilder.Properties<Address>().HaveConversion<AddressBytes>();
        configurationBuilder.Properties<UInt128>().HaveConversion<PriceBytes>();
        configurationBuilder.Properties<UInt256>().HaveConversion<AmountBytes>();
    }

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<JobRow>(job =>
        {
            job.ToTable("jobs");
            job.HasKey(j => j.Sequence);
            job.Property(j => j.State).HasConversion<int>();
            job.Property(j => j.LeaseId).HasMaxLength(64);
            job.Property(j => j.RejectCode).HasMaxLength(64);
            job.Property(j => j.Reason).HasMaxLength(64);
            job.HasAlternateKey(j => j.Id);
            job.HasIndex(j => new { j.Client, j.Sequence });
            job.HasIndex(j => new { j.Provider, j.Sequence });
            job.HasIndex(j => new { j.Provider, j.Sequence }, "IX_jobs_ready").HasFilter(ReadyFilter);
            job.HasIndex(j => j.Sequence).HasFilter(WatchedFilter).HasDatabaseName("IX_jobs_watched");
            job.HasIndex(j => new { j.Provider, j.LeaseId }).IsUnique().HasFilter(LeasedFilter);
            job.HasIndex(j => j.ModuleHash).HasFilter("\"ModuleHash\" IS NOT NULL");
            job.HasIndex(j => j.InputHash).HasFilter("\"InputHash\" IS NOT NULL");
            job.HasIndex(j => j.OutputHash).HasFilter("\"OutputHash\" IS NOT NULL");
            job.HasIndex(j => new { j.Client, j.VerifyGroup, j.VerifyRun }).IsUnique()
                .HasFilter("\"VerifyGroup\" IS NOT NULL");
        });
        modelBuilder.Entity<JobEventRow>(row =>
        {
            row.ToTable("job_events");
            row.HasKey(e => e.Sequence);
            row.Property(e => e.Who).HasMaxLength(16);
            row.Property(e => e.What).HasMaxLength(64);
            row.Property(e => e.Detail).HasMaxLength(1000);
            row.Property(e => e.Signature).HasMaxLength(132);
            row.HasIndex(e => new { e.JobId, e.Sequence });
            row.HasOne<JobRow>().WithMany().HasForeignKey(e => e.JobId).HasPrincipalKey(j => j.Id);
        });
        modelBuilder.Entity<ProviderRow>(provider =>
        {
            provider.ToTable("providers");
            provider.HasKey(p => p.Address);
            provider.Property(p => p.ServeRate).HasDefaultValue(ServeRecord.Newcomer);
        });
        modelBuilder.Entity<ChallengeRow>(challenge =>
        {
            challenge.ToTable("challenges");
            challenge.HasKey(c => c.Nonce);
            challenge.HasIndex(c => c.ExpiresAtMs);
        });
        modelBuilder.Entity<TokenRow>(token =>
        {
            token.ToTable("tokens");
            token.HasKey(t => t.TokenHash);
            token.Property(t => t.Scopes).HasMaxLength(128);
            token.HasIndex(t => t.ExpiresAtMs);
        });
        modelBuilder.Entity<BlobOwnerRow>(owner =>
        {
            owner.ToTable("blob_owners");
            owner.HasKey(o => new { o.Hash, o.Account });
            owner.HasIndex(o => o.Account);
        });
        MarketModel.Describe(modelBuilder);
    }

    private sealed class HashBytes() : ValueConverter<Hash256, byte[]>(h => h.ToArray(), b => Hash256.FromBytes(b));

    private sealed class AddressBytes() : ValueConverter<Address, byte[]>(a => a.ToArray(), b => Address.FromBytes(b));

    private sealed class AmountBytes() : ValueConverter<UInt256, byte[]>(a => Write(a), b => UInt256.FromBigEndian(b))
    {
        private static byte[] Write(UInt256 amount)
        {
            var bytes = new byte[UInt256.Length];
            amount.WriteBigEndian(bytes);
            return bytes;
        }
    }

    /// <summary>Big-endian, so that the order of the bytes is that of the numbers.</summary>
    private sealed class PriceBytes() : ValueConverter<UInt128, byte[]>(p => Write(p), b => Read(b))
    {
        private static byte[] Write(UInt128 price)
        {
            var bytes = new byte[16];
            BinaryPrimitives.WriteUInt128BigEndian(bytes, price);
            return bytes;
        }

        private static UInt128 Read(byte[] bytes) => BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}

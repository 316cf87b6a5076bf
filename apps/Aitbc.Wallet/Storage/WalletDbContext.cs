using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Storage;

/// <summary>The wallet's database.</summary>
internal sealed class WalletDbContext(DbContextOptions<WalletDbContext> options) : DbContext(options)
{
    public DbSet<VaultRow> Vaults => Set<VaultRow>();

    public DbSet<AccountRow> Accounts => Set<AccountRow>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<VaultRow>(vault =>
        {
            vault.ToTable("vault", t => t.HasCheckConstraint("one_vault", "Id = 1"));
            vault.HasKey(v => v.Id);
            vault.Property(v => v.Id).ValueGeneratedNever();
        });
        modelBuilder.Entity<AccountRow>(account =>
        {
            account.ToTable("accounts");
            account.HasKey(a => a.Id);
            account.Property(a => a.Label).HasMaxLength(64);
            account.Property(a => a.Source).HasMaxLength(16);
            account.Property(a => a.Path).HasMaxLength(64);
            account.HasIndex(a => a.Address).IsUnique();
            account.HasIndex(a => a.Label).IsUnique();
            account.HasIndex(a => a.DerivationIndex).IsUnique();
        });
    }
}

using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Storage;

/// <summary>The wallet's database.</summary>
internal sealed class WalletDbContext(DbContextOptions<WalletDbContext> options) : DbContext(options)
{
    public DbSet<VaultRow> Vaults => Set<VaultRow>();

    public DbSet<AccountRow> Accounts => Set<AccountRow>();

    public DbSet<BudgetRow> Budgets => Set<BudgetRow>();

    public DbSet<SpendRow> Spends => Set<SpendRow>();

    public DbSet<TotalRow> Totals => Set<TotalRow>();

    public DbSet<ChannelRow> Channels => Set<ChannelRow>();

    public DbSet<OpenedMessageRow> OpenedMessages => Set<OpenedMessageRow>();

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
        modelBuilder.Entity<BudgetRow>(budget =>
        {
            budget.ToTable("budgets");
            budget.HasKey(b => b.Id);
            budget.Property(b => b.PublicId).HasMaxLength(16);
            budget.Property(b => b.Label).HasMaxLength(64);
            budget.HasIndex(b => b.PublicId).IsUnique();
            budget.HasIndex(b => b.Label).IsUnique();
            budget.HasIndex(b => b.TokenHash).IsUnique();
            budget.HasOne<BudgetRow>().WithMany().HasForeignKey(b => b.ParentId).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<SpendRow>(spend =>
        {
            spend.ToTable("spends");
            spend.HasKey(s => s.Id);
            spend.Property(s => s.Key).HasMaxLength(64);
            spend.Property(s => s.Kind).HasMaxLength(32);
            spend.Property(s => s.State).HasMaxLength(16);
            spend.Property(s => s.Class).HasMaxLength(128);
            spend.HasIndex(s => new { s.BudgetId, s.Key }).IsUnique();
            spend.HasIndex(s => s.State);
            spend.HasIndex(s => s.Channel);
            spend.HasIndex(s => s.SealNumber).IsUnique();
            spend.HasOne<BudgetRow>().WithMany().HasForeignKey(s => s.BudgetId).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<TotalRow>(total =>
        {
            total.ToTable("totals");
            total.HasKey(t => new { t.BudgetId, t.Bucket });
            total.Property(t => t.Bucket).HasMaxLength(80);
            total.HasOne<BudgetRow>().WithMany().HasForeignKey(t => t.BudgetId).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<ChannelRow>(channel =>
        {
            channel.ToTable("channels");
            channel.HasKey(c => c.Id);
            channel.Property(c => c.State).HasMaxLength(16);
            channel.HasIndex(c => c.ChannelId).IsUnique();
            channel.HasOne<BudgetRow>().WithMany().HasForeignKey(c => c.BudgetId).OnDelete(DeleteBehavior.Restrict);
        });
        modelBuilder.Entity<OpenedMessageRow>(message =>
        {
            message.ToTable("opened_messages");
            message.HasKey(m => new { m.Account, m.Signer, m.Sender, m.MessageId });
            message.HasIndex(m => m.OpenedAtMs);
        });
    }
}

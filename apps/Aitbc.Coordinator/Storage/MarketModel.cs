using Aitbc.Sdk.Gpu;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Coordinator.Storage;

/// <summary>The tables of offers, quotes, bids, books, reputation, messages and challenges of devices.</summary>
internal static class MarketModel
{
    public static void Describe(ModelBuilder model)
    {
        model.Entity<OfferRow>(offer =>
        {
            offer.ToTable("offers");
            offer.HasKey(o => o.Id);
            offer.Property(o => o.ResourceClass).HasMaxLength(128);
            offer.Property(o => o.Region).HasMaxLength(32);
            offer.HasIndex(o => new { o.ResourceClass, o.Price, o.Rank, o.IssuedAt, o.Id });
            offer.HasIndex(o => o.Provider);
        });
        model.Entity<QuoteRow>(quote =>
        {
            quote.ToTable("quotes");
            quote.HasKey(q => q.Id);
            quote.HasIndex(q => new { q.OfferId, q.HoldUntilMs });
            quote.HasIndex(q => new { q.Client, q.HoldUntilMs });
            quote.HasIndex(q => q.JobId);
        });
        model.Entity<BidRow>(bid =>
        {
            bid.ToTable("bids");
            bid.HasKey(b => b.JobId);
            bid.Property(b => b.ResourceClass).HasMaxLength(128);
            bid.HasIndex(b => new { b.Client, b.UntilMs });
        });
        model.Entity<BookInputRow>(input =>
        {
            input.ToTable("book_inputs");
            input.HasKey(i => i.Sequence);
            input.Property(i => i.ResourceClass).HasMaxLength(128);
            input.Property(i => i.Kind).HasConversion<int>();
            input.Property(i => i.Side).HasConversion<int>();
            input.HasIndex(i => new { i.ResourceClass, i.Sequence });
        });
        model.Entity<MarkRow>(mark =>
        {
            mark.ToTable("payer_marks");
            mark.HasKey(m => new { m.Provider, m.Payer, m.Week });
        });
        model.Entity<StandingRow>(standing =>
        {
            standing.ToTable("standings");
            standing.HasKey(s => s.Provider);
        });
        model.Entity<MessageRow>(message =>
        {
            message.ToTable("messages");
            message.HasKey(m => m.Number);
            message.Property(m => m.Topic).HasMaxLength(64);
            message.Property(m => m.Signature).HasMaxLength(132);
            message.HasIndex(m => new { m.Receiver, m.Sender, m.MessageId }).IsUnique();
            message.HasIndex(m => new { m.Receiver, m.IsAcknowledged, m.Number });
            message.HasIndex(m => m.Digest).IsUnique();
            message.HasIndex(m => m.ExpiresAtMs);
        });
        model.Entity<GpuChallengeRow>(challenge =>
        {
            challenge.ToTable("gpu_challenges");
            challenge.HasKey(c => c.Provider);
            challenge.Property(c => c.Device).HasMaxLength(GpuAttestation.LongestDevice);
        });
    }
}

using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Reconciling;
using Aitbc.Wallet.Storage;
using Microsoft.EntityFrameworkCore;

namespace Aitbc.Wallet.Payments;

/// <summary>
/// Finds the channel of a budget to a receiver, or opens a new one. One that was closed is not used again: the next
/// salt makes another.
/// </summary>
internal sealed class ChannelOpening(
    IDbContextFactory<WalletDbContext> databases, AuthorizerKeys authorizers, WalletChain chain, WalletOptions options,
    TimeProvider time)
{
    private const ulong MostSalts = 1_000;

    /// <summary>What the chain shows of the channels of these offers that the wallet has no row of.</summary>
    /// <exception cref="ChainUnavailableException">The node does not answer.</exception>
    public async Task<IReadOnlyDictionary<Hash256, ChannelOnChain>> LookAsync(
        Budget budget, IEnumerable<PaymentOffer> offers, UInt256 chainId, CancellationToken cancel)
    {
        var seen = new Dictionary<Hash256, ChannelOnChain>();
        await using var db = await databases.CreateDbContextAsync(cancel);
        foreach (var offer in offers.Where(o => o.Scheme == PaymentOffer.BatchSettlement))
        {
            var (row, config) = await FindAsync(db, budget, offer, chainId, cancel);
            var id = config.IdOn(chainId);
            if (row is null && !seen.ContainsKey(id))
                seen[id] = await chain.ChannelAsync(id, cancel);
        }

        return seen;
    }

    public async Task<Verdict<ChannelRow>> OpenAsync(
        WalletDbContext db, PayContext context, PaymentOffer offer, CancellationToken cancel)
    {
        var (row, config) = await FindAsync(db, context.Budget, offer, context.ChainId, cancel);
        if (row is not null)
            return row;
        var id = config.IdOn(context.ChainId);
        if (!context.Seen.TryGetValue(id, out var seen))
            return PayRefusals.LookFirst;
        if (await db.Channels.CountAsync(cancel) >= options.MaxChannels)
            return PayRefusals.Full(options.MaxChannels);
        var made = NewRow(context, config, id, seen);
        db.Channels.Add(made);
        return made;
    }

    private async Task<(ChannelRow? Row, ChannelConfig Config)> FindAsync(
        WalletDbContext db, Budget budget, PaymentOffer offer, UInt256 chainId, CancellationToken cancel)
    {
        var config = new ChannelConfig(
            budget.Account,
            authorizers.AddressOf(budget.Id),
            offer.PayTo,
            Address.Parse(offer.Extra("receiverAuthorizer")!),
            OfferChoice.Delay(offer)!.Value,
            default);
        for (var salt = 0UL; salt < MostSalts; salt++)
        {
            config = config with { Salt = Hash256.FromUInt256(salt) };
            var row = await ChannelBook.FindAsync(db, config.IdOn(chainId), cancel);
            if (row is null || (row.State == ChannelStates.Open && !row.CloseAsked))
                return (row, config);
        }

        throw new InvalidOperationException($"Budget {budget.PublicId} closed {MostSalts} channels of one kind.");
    }

    // A channel that the chain knows and this wallet does not was filled before its data were restored from a backup.
    // What it holds was counted then; what vouchers promised is not known, so it is taken to be all of it.
    private ChannelRow NewRow(PayContext context, ChannelConfig config, Hash256 id, ChannelOnChain seen) => new()
    {
        ChannelId = id.ToArray(),
        BudgetId = context.Budget.Id,
        ChainId = ChannelBook.Bytes(context.ChainId),
        Payer = config.Payer.ToArray(),
        Authorizer = config.PayerAuthorizer.ToArray(),
        Receiver = config.Receiver.ToArray(),
        ReceiverAuthorizer = config.ReceiverAuthorizer.ToArray(),
        WithdrawDelay = (long)config.WithdrawDelay,
        Salt = config.Salt.ToArray(),
        Deposited = ChannelBook.Bytes(seen.Balance),
        Balance = ChannelBook.Bytes(seen.Balance),
        Promised = ChannelBook.Bytes(seen.Balance),
        Charged = ChannelBook.Bytes(seen.Claimed),
        Claimed = ChannelBook.Bytes(seen.Claimed),
        Returned = ChannelBook.Bytes(default),
        State = ChannelStates.Open,
        CreatedAtMs = time.GetUtcNow().ToUnixTimeMilliseconds(),
    };
}

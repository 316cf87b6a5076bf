using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts.History;
using Aitbc.Ledger.Contracts.Validators;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Ledger.Execution;

/// <summary>Turns (state, transactions) into a block, receipts and what to store (specs/state.md). Pure.</summary>
public static class BlockExecutor
{
    /// <summary>
    /// Executes the transactions in order on top of the parent. What may not stand in the block is left out and named;
    /// who verifies a block of others refuses it when anything was left out or the header differs.
    /// </summary>
    /// <param name="parent">Header of the block whose state is in the store.</param>
    /// <param name="store">That state.</param>
    /// <param name="transactions">In order.</param>
    /// <param name="context">The new block.</param>
    /// <exception cref="LedgerInvariantException">Coins were made or lost.</exception>
    public static BlockResult Execute(
        BlockHeader parent,
        IStateStore store,
        IReadOnlyList<Transaction> transactions,
        BlockContext context)
    {
        ArgumentNullException.ThrowIfNull(parent);
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(transactions);
        ArgumentNullException.ThrowIfNull(context);
        if (context.Number != parent.Number + 1 || context.Timestamp < parent.Timestamp)
            throw new ArgumentException("The block does not follow its parent.", nameof(context));
        context = context with { ParentHash = parent.Hash() };
        var world = new WorldState(store);
        BlockHashHistory.Record(world, context);
        var run = new BlockRun(world, context, transactions.Count);
        if (context.Number == 1)
            RegistryGenesis.WriteHash(world, context.ParentHash);
        var before = Supply.Read(world);
        var proofs = ProofRun.Run(world, context);
        for (var i = 0; i < transactions.Count; i++)
            run.Add(transactions[i]);
        // Contracts burn on the record themselves; the base fees of the block come on top.
        var supply = Supply.Read(world);
        supply = supply with { Burned = supply.Burned + run.Burned };
        supply.Write(world);
        var diff = world.Commit(parent.StateRoot);
        Conservation.Check(diff, supply.Burned - before.Burned, world);
        var consensus = FieldsOf(context, world, proofs);
        var bloom = new byte[Bloom.Length];
        foreach (var receipt in run.Receipts)
        {
            for (var i = 0; i < receipt.Logs.Count; i++)
                Bloom.Add(bloom, receipt.Logs[i]);
        }

        var header = new BlockHeader
        {
            ParentHash = context.ParentHash,
            Miner = context.Miner,
            StateRoot = diff.StateRoot,
            TransactionsRoot = Block.RootOf(run.Included.Select(t => t.Encode())),
            ReceiptsRoot = ReceiptsRoot(run.Receipts),
            LogsBloom = bloom,
            Number = context.Number,
            GasLimit = context.GasLimit,
            GasUsed = run.GasUsed,
            Timestamp = context.Timestamp,
            ExtraData = consensus.Hash(),
            BaseFeePerGas = context.BaseFee,
        };
        return new BlockResult(new Block(header, consensus, run.Included), run.Receipts, diff, run.Refused);
    }

    private static ConsensusFields FieldsOf(
        BlockContext context, WorldState world, IReadOnlyList<EquivocationProof> proofs) =>
        context.ProposerIndex is not { } proposer
            ? new ConsensusFields(ConsensusFields.SoloVersion, context.TimeMs, context.ValidatorsHash)
            : new ConsensusFields(ConsensusFields.SetVersion, context.TimeMs, context.ValidatorsHash)
            {
                NextValidatorsHash = RegisteredSet.HashOf(RegisteredSet.Next(world)),
                ProposerIndex = proposer,
                Proofs = proofs,
            };

    // All receipts in one buffer: their bytes are needed for the root only.
    private static Hash256 ReceiptsRoot(List<Receipt> receipts)
    {
        var writer = new RlpWriter(receipts.Count * 320);
        var ends = new int[receipts.Count];
        for (var i = 0; i < ends.Length; i++)
        {
            receipts[i].WriteConsensus(writer);
            ends[i] = writer.Written.Length;
        }

        var all = writer.WrittenMemory;
        return Block.RootOf(ends.Select((end, i) => all[(i == 0 ? 0 : ends[i - 1])..end]));
    }

    /// <summary>
    /// Runs a call on the state and forgets what it changed (eth_call, eth_estimateGas). No fee is taken.
    /// </summary>
    /// <param name="store">The state.</param>
    /// <param name="from">The caller; its nonce and fees are not looked at.</param>
    /// <param name="to">The called account; null = creation, which fails.</param>
    /// <param name="value">Coins that move along.</param>
    /// <param name="data">Call data.</param>
    /// <param name="gasLimit">Gas given.</param>
    /// <param name="context">Block in which it is imagined.</param>
    /// <param name="accessList">
    /// What a transaction would announce (EIP-2930); it costs gas and changes nothing else.
    /// </param>
    public static CallResult Call(
        IStateStore store,
        Address from,
        Address? to,
        UInt256 value,
        ReadOnlyMemory<byte> data,
        ulong gasLimit,
        BlockContext context,
        IReadOnlyList<AccessListEntry>? accessList = null)
    {
        var intrinsic = IntrinsicGas.Of(data.Span, accessList ?? []);
        if (to is not { } target || gasLimit < intrinsic)
            return new CallResult(false, default, gasLimit, to is not null, []);
        var result = MessageCall.Run(
            new WorldState(store), from, target, value, data, gasLimit - intrinsic, context);
        return result with { GasUsed = result.GasUsed + intrinsic };
    }
}

using Aitbc.Consensus.Bft.Bodies;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Node.Engine;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;

namespace Aitbc.Node.Bft.Blocks;

/// <summary>
/// Builds and checks blocks on top of the newest by executing them; nothing is stored. What was executed is kept, so
/// that the decision executes nothing again. The writer's thread only.
/// </summary>
internal sealed class BlockTrial(Chain chain, NodeOptions options, TimeProvider time)
{
    private const int MostTransactions = 20_000;

    // Header, consensus fields and list heads: less than this.
    private const int BytesBesides = 16 << 10;

    // More valid blocks of one height need as many rounds; the oldest is executed again if it is decided after all.
    private const int MostKept = 4;

    private static readonly TimeSpan MostAhead = TimeSpan.FromSeconds(2);

    private readonly Address miner = Address.Parse(options.Miner);
    private readonly List<(Hash256 Block, BlockResult Result)> kept = [];

    private ulong NowMs => (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Builds the next block out of the pool, empty if nothing waits.</summary>
    public Candidate Build(ValidatorSet set, IReadOnlyList<EquivocationProof> proofs)
    {
        var parent = chain.Head;
        var context = Context(parent, set, Math.Max(NowMs, parent.Consensus.TimeMs), miner) with
        {
            ProposerIndex = (ulong)set.IndexOf(chain.OwnKey.Span),
            Proofs = proofs,
        };
        var result = chain.Execute(Pick(context), context);
        chain.Forget(result.Refused);
        var candidate = Candidate.Of(result.Block);
        Keep(candidate.Info.Hash, result);
        return candidate;
    }

    /// <summary>
    /// What the block does if it may follow the newest, or null: a function of both and nothing else.
    /// </summary>
    public BlockResult? Check(Candidate candidate, ValidatorSet set)
    {
        if (kept.FirstOrDefault(k => k.Block == candidate.Info.Hash).Result is { } known)
            return known;
        var (parent, block) = (chain.Head, candidate.Block);
        var (header, fields) = (block.Header, block.Consensus);
        if (header.Number != parent.Header.Number + 1 || header.ParentHash != parent.Header.Hash()
            || fields.Version != ConsensusFields.SetVersion || fields.TimeMs < parent.Consensus.TimeMs
            || fields.ProposerIndex >= (ulong)set.Count)
            return null;
        var context = Context(parent, set, fields.TimeMs, header.Miner) with
        {
            ProposerIndex = fields.ProposerIndex,
            Proofs = fields.Proofs,
        };
        if (TryExecute(block.Transactions, context) is not { } result)
            return null;
        // The hash covers both roots, gas, bloom and all consensus fields.
        if (result.Refused.Count > 0 || result.Block.Header.Hash() != candidate.Info.Hash)
            return null;
        Keep(candidate.Info.Hash, result);
        return result;
    }

    /// <summary>
    /// Whether the block's time is not further ahead of this node's clock than clocks may differ. Right after its
    /// parent it always is: a chain whose time was pushed ahead must not stand still until the clocks have come after.
    /// </summary>
    public bool IsTimely(Candidate candidate) => candidate.Block.Consensus.TimeMs
        <= Math.Max(NowMs + (ulong)MostAhead.TotalMilliseconds, chain.Head.Consensus.TimeMs + 1);

    /// <summary>A block has become final: what was tried on its parent is void.</summary>
    public void Clear() => kept.Clear();

    // A block that breaks an invariant is not valid, whoever's defect that is: it must not stop all who check it.
    private BlockResult? TryExecute(IReadOnlyList<Transaction> transactions, BlockContext context)
    {
        try
        {
            return chain.Execute(transactions, context);
        }
        catch (LedgerInvariantException)
        {
            return null;
        }
    }

    private BlockContext Context(Block parent, ValidatorSet set, ulong timeMs, Address receiver) => new(
        chain.Genesis.ChainId, parent.Header.Number + 1, timeMs, receiver, parent.Header.GasLimit,
        BaseFee.After(parent.Header), set.Hash)
    {
        ParentHash = parent.Header.Hash(),
    };

    private List<Transaction> Pick(BlockContext context)
    {
        var ready = chain.Pool.Ready(context.BaseFee, context.GasLimit, MostTransactions);
        var left = BlockParts.MaxBody - BytesBesides;
        for (var i = 0; i < ready.Count; i++)
        {
            left -= ready[i].Encode().Length + 4;
            // All that come after it go too: the next nonce of an account must not come without the one before.
            if (left < 0)
                return ready[..i];
        }

        return ready;
    }

    private void Keep(Hash256 block, BlockResult result)
    {
        if (kept.Count == MostKept)
            kept.RemoveAt(0);
        kept.Add((block, result));
    }
}

using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Sdk.Light;
using Signers = Core.Tests.Consensus.Bft.Keys;

namespace Core.Tests.Light;

/// <summary>
/// A chain whose validators change, with real signatures; it answers a light client, honestly or as it is told to.
/// Member i joins with key i; the set of height h is four members from number (h / period) on.
/// </summary>
internal sealed class LightChain(int period) : ILightSource
{
    public const ulong Start = 1_790_000_000_000;
    private const int Size = 4;
    private readonly Dictionary<ulong, LightBlock> blocks = [];

    public ulong Height { get; init; } = 40;

    /// <summary>Number of the first member.</summary>
    public int Offset { get; init; }

    /// <summary>Blocks that were asked for.</summary>
    public int Fetched { get; private set; }

    /// <summary>Changes what is answered.</summary>
    public Func<LightBlock, LightBlock>? Lie { get; set; }

    public Func<AccountProof>? Account { get; set; }

    public Func<ReceiptProof>? Receipt { get; set; }

    public LightTrust Trust => new(Signers.Chain.ChainId, Signers.Chain.Genesis, 1, SetOf(1), Start);

    public ValidatorSet SetOf(ulong height) => ValidatorSet.Create(
        [.. Enumerable.Range(FirstOf(height), Size).Select(Signers.Member)]);

    public LightBlock Block(ulong height)
    {
        if (blocks.TryGetValue(height, out var known))
            return known;
        return blocks[height] = Sign(height, HeaderOf(height, Hash256.Zero, Hash256.Zero, Hash256.Zero));
    }

    /// <summary>Puts a block with these roots at a height.</summary>
    public LightBlock Put(ulong height, Hash256 state, Hash256 transactions, Hash256 receipts) =>
        blocks[height] = Sign(height, HeaderOf(height, state, transactions, receipts));

    /// <summary>The certificate of the members whose place in the set is given.</summary>
    public LightBlock Sign(ulong height, BlockHeader header, params int[] places)
    {
        var set = SetOf(height);
        var first = FirstOf(height);
        var votes = (places.Length == 0 ? [0, 1, 2] : places).Select(place =>
        {
            var vote = new Vote(VoteKind.Precommit, height, 0, header.Hash(), -1, place, default);
            return (Vote)vote.WithSignature(Aitbc.Primitives.Crypto.Ed25519Keys.Sign(
                Signers.Seed(first + place), vote.SignBytes(Signers.Chain)));
        });
        return new LightBlock(header, FieldsOf(height), VoteCertificate.FromVotes([.. votes], Size), set);
    }

    public BlockHeader HeaderOf(ulong height, Hash256 state, Hash256 transactions, Hash256 receipts) => new()
    {
        ParentHash = Keccak256.Hash("parent"u8),
        Miner = Address.Zero,
        StateRoot = state,
        TransactionsRoot = transactions,
        ReceiptsRoot = receipts,
        LogsBloom = new byte[Bloom.Length],
        Number = height,
        GasLimit = 30_000_000,
        GasUsed = 0,
        Timestamp = FieldsOf(height).TimeMs / 1000,
        ExtraData = FieldsOf(height).Hash(),
        BaseFeePerGas = 7,
    };

    public Task<LightBlock?> BlockAsync(ulong? height, CancellationToken cancel)
    {
        Fetched++;
        var at = height ?? Height;
        if (at > Height)
            return Task.FromResult<LightBlock?>(null);
        var block = Block(at);
        return Task.FromResult<LightBlock?>(Lie is null ? block : Lie(block));
    }

    public Task<AccountProof> ProveAsync(
        Address account, IReadOnlyList<Hash256> slots, ulong height, CancellationToken cancel) =>
        Task.FromResult(Account!());

    public Task<ReceiptProof?> ReceiptAsync(Hash256 transaction, CancellationToken cancel) =>
        Task.FromResult(Receipt?.Invoke());

    private int FirstOf(ulong height) => Offset + (int)(height / (ulong)period);

    private ConsensusFields FieldsOf(ulong height) =>
        new(ConsensusFields.SetVersion, Start + (height * 1000), SetOf(height).Hash)
        {
            NextValidatorsHash = SetOf(height + 1).Hash,
        };
}

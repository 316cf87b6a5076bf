using Aitbc.Consensus.Bft.Messages;
using Aitbc.Consensus.Bft.Validators;
using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Sdk.Light;

/// <summary>
/// Believes only what a quorum of validators signed and what is proved against it (specs/consensus.md, rule C3): from a
/// trusted validator set it follows the changes of the set to any later height, fetching few blocks, and verifies
/// balances, storage, receipts and logs of one node it does not trust. Not for use by several threads at once.
/// </summary>
public sealed class LightClient
{
    private readonly ILightSource source;
    private readonly LightTrust trust;
    private readonly LightOptions options;
    private readonly TimeProvider time;
    private readonly LightVerifier verifier;
    private readonly SortedList<ulong, LightHeader> verified = [];

    /// <summary>Makes a client.</summary>
    /// <param name="source">Whom it asks.</param>
    /// <param name="trust">Where it begins.</param>
    /// <param name="options">Bounds; null = the defaults.</param>
    /// <param name="time">Its clock; null = the system's.</param>
    public LightClient(
        ILightSource source, LightTrust trust, LightOptions? options = null, TimeProvider? time = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(trust);
        ArgumentOutOfRangeException.ThrowIfZero(trust.Height);
        this.source = source;
        this.trust = trust;
        this.options = options ?? new LightOptions();
        this.time = time ?? TimeProvider.System;
        verifier = new LightVerifier(new CertificateVerifier(
            new ChainBinding(trust.ChainId, trust.Genesis), Ed25519Verifier.Instance));
    }

    /// <summary>The newest verified header; null before the first.</summary>
    public LightHeader? Newest => verified.Count == 0 ? null : verified.Values[^1];

    private ulong NowMs => (ulong)time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Fetches and verifies a header.</summary>
    /// <param name="height">Height, not before the trusted one; null = the newest the source has.</param>
    /// <param name="cancel">Stops it; what was verified so far is kept.</param>
    /// <exception cref="LightException">It cannot be believed.</exception>
    public async Task<LightHeader> HeaderAsync(ulong? height = null, CancellationToken cancel = default)
    {
        RefuseBefore(height ?? trust.Height);
        if (height is { } wanted && verified.TryGetValue(wanted, out var known))
            return known;
        var target = await FetchAsync(source, height, cancel).ConfigureAwait(false);
        RefuseBefore(target.Header.Number);
        return await ReachAsync(target, cancel).ConfigureAwait(false);
    }

    private void RefuseBefore(ulong height)
    {
        if (height < trust.Height)
        {
            throw new LightException(
                LightFailure.BeforeTrust, $"Block {height} lies before block {trust.Height}, where trust begins.");
        }
    }

    /// <summary>The account as a block left it: balance in atto-AIT and nonce.</summary>
    /// <param name="account">The account.</param>
    /// <param name="at">A header that this client verified.</param>
    /// <param name="cancel">Stops the wait.</param>
    /// <exception cref="LightException">The proof does not hold.</exception>
    public async Task<AccountState> AccountAsync(
        Address account, LightHeader at, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(at);
        var proof = await source.ProveAsync(account, [], at.Height, cancel).ConfigureAwait(false);
        return Check(account, at, proof);
    }

    /// <summary>A slot of a contract as a block left it.</summary>
    /// <param name="contract">The contract.</param>
    /// <param name="slot">The slot, before hashing.</param>
    /// <param name="at">A header that this client verified.</param>
    /// <param name="cancel">Stops the wait.</param>
    /// <exception cref="LightException">The proof does not hold.</exception>
    public async Task<UInt256> StorageAsync(
        Address contract, Hash256 slot, LightHeader at, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(at);
        var proof = await source.ProveAsync(contract, [slot], at.Height, cancel).ConfigureAwait(false);
        var account = Check(contract, at, proof);
        return proof.Slots.Count == 1
            && StateProofCheck.TrySlot(account.StorageRoot, slot, proof.Slots[0].Nodes, out var value)
            ? value
            : throw BadProof($"slot {slot} of {contract}");
    }

    /// <summary>The receipt of a transaction with its logs; null if the source says that it is in no block.</summary>
    /// <remarks>That there is none is the one thing that cannot be proved.</remarks>
    /// <exception cref="LightException">A proof does not hold.</exception>
    public async Task<LightReceipt?> ReceiptAsync(Hash256 transaction, CancellationToken cancel = default)
    {
        if (await source.ReceiptAsync(transaction, cancel).ConfigureAwait(false) is not { } proof)
            return null;
        if (Keccak256.Hash(proof.Transaction) != transaction)
            throw BadProof($"transaction {transaction}");
        var header = await HeaderAsync(proof.Height, cancel).ConfigureAwait(false);
        if (!IsEntry(header.Header.TransactionsRoot, proof.Index, proof.TransactionNodes, proof.Transaction)
            || !IsEntry(header.Header.ReceiptsRoot, proof.Index, proof.ReceiptNodes, proof.Receipt))
            throw BadProof($"the receipt of {transaction}");
        try
        {
            return new LightReceipt(transaction, header, proof.Index, ConsensusReceipt.Decode(proof.Receipt));
        }
        catch (RlpException)
        {
            throw BadProof($"the receipt of {transaction}");
        }
    }

    /// <summary>
    /// Asks somebody else for a height that was verified. Another block with a good certificate is a fork: more than a
    /// third of the validators cheat, and nothing on this chain is to be believed any more.
    /// </summary>
    /// <returns>True if it has the same block; false if it has none, or one that is not to be believed.</returns>
    /// <exception cref="LightException">A fork.</exception>
    public async Task<bool> CompareAsync(
        ILightSource witness, LightHeader header, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(witness);
        ArgumentNullException.ThrowIfNull(header);
        if (await witness.BlockAsync(header.Height, cancel).ConfigureAwait(false) is not { } other)
            return false;
        if (other.Header.Hash() == header.Hash)
            return true;
        var isGood = other.Mismatch() is null && other.Header.Number == header.Height
            && verifier.Verify(
                header.Height, other.Header.Hash(), other.Commit, other.Validators, header.Validators.Hash)
            == LightError.None;
        return isGood
            ? throw new LightException(
                LightFailure.Fork,
                $"Height {header.Height} has two certified blocks: {header.Hash} and {other.Header.Hash()}.")
            : false;
    }

    private static AccountState Check(Address account, LightHeader at, AccountProof proof) =>
        StateProofCheck.TryAccount(at.Header.StateRoot, account, proof.Nodes, out var state)
            ? state
            : throw BadProof($"account {account}");

    private static bool IsEntry(Hash256 root, ulong index, IReadOnlyList<byte[]> nodes, byte[] expected) =>
        ListProof.TryVerify(root, index, nodes, out var item) && item is not null
        && item.AsSpan().SequenceEqual(expected);

    private static LightException BadProof(string of) =>
        new(LightFailure.BadProof, $"The proof of {of} does not hold.");

    private static async Task<LightBlock> FetchAsync(ILightSource source, ulong? height, CancellationToken cancel)
    {
        var block = await source.BlockAsync(height, cancel).ConfigureAwait(false)
            ?? throw new LightException(LightFailure.NotAvailable, $"There is no block {height}.");
        var wrong = height is { } wanted && block.Header.Number != wanted
            ? $"block {block.Header.Number} came instead of {wanted}"
            : block.Mismatch();
        return wrong is null ? block : throw new LightException(LightFailure.BadAnswer, $"Not a block: {wrong}.");
    }

    // A block that is too far from what is trusted is reached over one halfway between.
    private async Task<LightHeader> ReachAsync(LightBlock target, CancellationToken cancel)
    {
        var ahead = new Stack<LightBlock>([target]);
        var steps = 0;
        LightHeader? reached = null;
        while (ahead.TryPeek(out var next))
        {
            var from = Before(next.Header.Number);
            if (TryVerify(from, next))
            {
                reached = Keep(ahead.Pop());
                continue;
            }

            if (++steps > options.MaxSteps)
                throw new LightException(LightFailure.TooFar, $"More than {options.MaxSteps} blocks lie between.");
            var middle = from.Height + ((next.Header.Number - from.Height) / 2);
            ahead.Push(await FetchAsync(source, middle, cancel).ConfigureAwait(false));
        }

        return reached!;
    }

    // False: the sets have too little in common to go there in one step.
    private bool TryVerify(Start from, LightBlock block)
    {
        CheckTime(from, block);
        var height = block.Header.Number;
        var hash = block.Header.Hash();
        var isNext = height == from.Height + 1;
        var error = isNext
            ? verifier.Verify(height, hash, block.Commit, block.Validators, from.NextValidatorsHash)
            : verifier.Skip(
                height, hash, block.Commit, block.Validators, from.Validators,
                new TrustPeriod(from.TimeMs, (ulong)options.TrustingPeriod.TotalMilliseconds, NowMs));
        return error switch
        {
            LightError.None => true,
            LightError.NotEnoughTrust => false,
            LightError.TrustExpired => throw Expired(from),
            LightError.OtherValidators => throw new LightException(
                LightFailure.OtherValidators, $"Block {height} is not decided by the validators of that height."),
            _ => throw new LightException(
                LightFailure.BadCertificate, $"The commit certificate of block {height} does not hold."),
        };
    }

    private void CheckTime(Start from, LightBlock block)
    {
        if (NowMs > from.TimeMs && NowMs - from.TimeMs >= (ulong)options.TrustingPeriod.TotalMilliseconds)
            throw Expired(from);
        if (block.Consensus.TimeMs < from.TimeMs)
            throw new LightException(LightFailure.WrongTime, $"Block {block.Header.Number} is older than one before.");
        if (block.Consensus.TimeMs > NowMs + (ulong)options.MaxClockDrift.TotalMilliseconds)
            throw new LightException(LightFailure.WrongTime, $"Block {block.Header.Number} is of the future.");
    }

    private static LightException Expired(Start from) => new(
        LightFailure.TrustExpired, $"Block {from.Height} is too old to be trusted: begin from a younger one.");

    private LightHeader Keep(LightBlock block)
    {
        var header = new LightHeader(
            block.Header, block.Header.Hash(), block.Consensus.TimeMs, block.Validators,
            block.Consensus.NextValidatorsHash);
        verified[header.Height] = header;
        if (verified.Count > options.MaxKept)
            verified.RemoveAt(0);
        return header;
    }

    // The nearest verified header below a height, or where trust begins.
    private Start Before(ulong height)
    {
        var (low, high) = (0, verified.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (verified.Keys[middle] < height)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0)
            return new Start(trust.Height - 1, trust.Validators, trust.Validators.Hash, trust.TimeMs);
        var header = verified.Values[low - 1];
        return new Start(header.Height, header.Validators, header.NextValidatorsHash, header.TimeMs);
    }

    private sealed record Start(ulong Height, ValidatorSet Validators, Hash256 NextValidatorsHash, ulong TimeMs);
}

using System.Globalization;
using Aitbc.Consensus.Bft.Messages;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.Genesis;
using Aitbc.Ledger.State;
using Aitbc.Node.Engine;
using Aitbc.Primitives;
using Aitbc.Sdk.Light;

namespace Aitbc.Node.Bft.Snapshots;

/// <summary>
/// Which headers a node without a chain believes (specs/sync.md, N2): those that the light client's rule leads to from
/// the genesis, or from a block that the operator names.
/// </summary>
internal sealed class SnapshotTrust
{
    private readonly NodeOptions options;
    private readonly TimeProvider time;
    private readonly LightTrust start;
    private readonly (ulong Height, Hash256 Hash)? named;

    /// <exception cref="NodeStartException">
    /// The genesis names no validators, or the option is not of its form.
    /// </exception>
    public SnapshotTrust(NodeOptions options, GenesisConfig genesis, BlockResult block, TimeProvider time)
    {
        (this.options, this.time) = (options, time);
        named = options.Trust is { } text ? Parse(text) : null;
        var state = new MemoryStateStore();
        state.Apply(block.StateDiff);
        var set = RegisteredValidators.Next(state) ?? throw new NodeStartException(
            NodeStartException.SnapshotRefused,
            "A chain whose genesis names no validators has no snapshots: nobody else could prove its blocks.");
        start = new LightTrust(genesis.ChainId, block.Block.Header.Hash(), 1, set, genesis.TimeMs);
    }

    /// <summary>What signatures of validators are bound to.</summary>
    public ChainBinding Binding => new(start.ChainId, start.Genesis);

    /// <summary>The newest header that a source can prove, or the one of a height.</summary>
    /// <exception cref="LightException">It proves none.</exception>
    public async Task<LightHeader> HeaderAsync(ILightSource source, ulong? height, CancellationToken cancel)
    {
        var bounds = new LightOptions { TrustingPeriod = options.TrustingPeriod };
        if (named is not { } block)
            return await new LightClient(source, start, bounds, time).HeaderAsync(height, cancel).ConfigureAwait(false);
        var begin = await source.BlockAsync(block.Height, cancel).ConfigureAwait(false)
            ?? throw new LightException(
                LightFailure.NotAvailable, $"Block {block.Height}, the trusted one, is not there.");
        if (begin.Header.Number != block.Height || begin.Header.Hash() != block.Hash
            || begin.Header.ExtraData != begin.Consensus.Hash()
            || begin.Consensus.ValidatorsHash != begin.Validators.Hash)
        {
            throw new LightException(
                LightFailure.BadAnswer, $"Block {block.Height} is not the one that the operator trusts.");
        }

        // The operator's word has no age: it begins with a set, and the time of that set's block does not count.
        var from = start with
        {
            Height = block.Height,
            Validators = begin.Validators,
            TimeMs = begin.Consensus.TimeMs,
        };
        if (height == block.Height)
            bounds = bounds with { TrustingPeriod = TimeSpan.FromDays(36_500) };
        return await new LightClient(source, from, bounds, time).HeaderAsync(height, cancel).ConfigureAwait(false);
    }

    private static (ulong Height, Hash256 Hash) Parse(string text)
    {
        if (text.Split(':') is [var height, var hash]
            && ulong.TryParse(height, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0)
        {
            try
            {
                return (number, Hash256.Parse(hash));
            }
            catch (FormatException)
            {
                // Said below.
            }
        }

        throw new NodeStartException(
            NodeStartException.SnapshotRefused, $"'trust' is HEIGHT:HASH of a block, not '{text}'.");
    }
}

using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Execution;
using Aitbc.Ledger.State;

namespace Aitbc.Ledger.Contracts;

/// <summary>
/// What all calls of one transaction share: the state, the block, the events so far and the slots read.
/// </summary>
internal sealed class MessageContext(WorldState world, BlockContext block)
{
    /// <summary>Calls within calls at most; a deeper one fails as it does in the EVM at 1024.</summary>
    public const int MaxDepth = 64;

    public WorldState World { get; } = world;

    public BlockContext Block { get; } = block;

    public List<Log> Logs { get; } = [];

    /// <summary>Slots that were read before; reading them again is cheaper (EIP-2929).</summary>
    public HashSet<StorageKey> Warm { get; } = [];
}

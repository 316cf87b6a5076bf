using System.Text;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Messages;

namespace Aitbc.Sdk.Agents;

/// <summary>
/// Typed client of the ERC-8004 identity registry. Reads need only a <see cref="ChainClient"/>; writes need a
/// <see cref="TransactionSender"/> and throw as those of <see cref="EscrowClient"/> do. A registration that is repeated
/// makes a second agent: after <see cref="TransactionOutcomeUnknownException"/> look before it is sent again.
/// </summary>
public sealed class AgentClient
{
    /// <summary>Most agents of one page.</summary>
    public const int MostListed = 100;

    private const int AtOnce = 8;
    private readonly ContractCalls calls;

    /// <summary>Makes a client.</summary>
    /// <param name="chain">The node.</param>
    /// <param name="sender">Sends the writes; null = reads only.</param>
    /// <param name="registry">The contract; null = <see cref="SystemContractAddresses.AgentIdentity"/>.</param>
    public AgentClient(ChainClient chain, TransactionSender? sender = null, Address? registry = null)
    {
        Registry = registry ?? SystemContractAddresses.AgentIdentity;
        calls = new ContractCalls(chain, sender, Registry);
    }

    /// <summary>The contract's address.</summary>
    public Address Registry { get; }

    /// <summary>Registers a new agent, whose owner and wallet is the account that pays for it.</summary>
    /// <param name="owner">The account.</param>
    /// <param name="uri">Where its registration file is; <see cref="AgentProfile.ToUri"/> makes one that holds
    /// it.</param>
    /// <param name="metadata">Further entries; the key <c>agentWallet</c> is reserved.</param>
    /// <param name="cancel">Stops the wait; the agent may still be registered.</param>
    public async Task<(ulong Id, SentTransaction Sent)> RegisterAsync(
        Address owner, string uri, IReadOnlyDictionary<string, byte[]>? metadata = null,
        CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(uri);
        object?[] entries = [.. (metadata ?? new Dictionary<string, byte[]>())
            .Select(e => (object?)new object?[] { e.Key, e.Value })];
        var sent = await calls
            .SendAsync(owner, AgentAbi.Register.EncodeCall(uri, entries), default, cancel).ConfigureAwait(false);
        var registered = sent.Receipt.Logs.FirstOrDefault(l =>
            l.Address == Registry && l.Topics.Count > 1 && l.Topics[0] == AgentAbi.Registered);
        return registered is null
            ? throw new InvalidOperationException($"Transaction {sent.Hash} succeeded without the event Registered.")
            : ((ulong)UInt256.FromBigEndian(registered.Topics[1].ToArray()), sent);
    }

    /// <summary>Names another registration file. Repeating it changes nothing.</summary>
    public Task<SentTransaction> SetUriAsync(
        Address owner, ulong id, string uri, CancellationToken cancel = default) =>
        calls.SendAsync(owner, AgentAbi.SetAgentUri.EncodeCall((UInt256)id, uri), default, cancel);

    /// <summary>Sets an entry; an empty value removes it. Repeating it changes nothing.</summary>
    public Task<SentTransaction> SetMetadataAsync(
        Address owner, ulong id, string key, ReadOnlyMemory<byte> value, CancellationToken cancel = default) =>
        calls.SendAsync(
            owner, AgentAbi.SetMetadata.EncodeCall((UInt256)id, key, value.ToArray()), default, cancel);

    /// <summary>An entry of an agent; empty if there is none.</summary>
    public async Task<byte[]> MetadataAsync(ulong id, string key, CancellationToken cancel = default) =>
        (byte[])(await calls.ReadAsync(AgentAbi.GetMetadata, cancel, (UInt256)id, key).ConfigureAwait(false))[0]!;

    /// <summary>An agent, or null if there is none with this number.</summary>
    public async Task<Agent?> FindAsync(ulong id, CancellationToken cancel = default)
    {
        try
        {
            var owner = calls.ReadAsync(AgentAbi.OwnerOf, cancel, (UInt256)id);
            var wallet = calls.ReadAsync(AgentAbi.GetAgentWallet, cancel, (UInt256)id);
            var uri = calls.ReadAsync(AgentAbi.TokenUri, cancel, (UInt256)id);
            await Task.WhenAll(owner, wallet, uri).ConfigureAwait(false);
            var paid = (Address)(await wallet.ConfigureAwait(false))[0]!;
            return new Agent(
                id,
                (Address)(await owner.ConfigureAwait(false))[0]!,
                paid == default ? null : paid,
                (string)(await uri.ConfigureAwait(false))[0]!);
        }
        catch (RpcException e) when (e.IsRevert("ERC721NonexistentToken"))
        {
            return null;
        }
    }

    /// <summary>Who speaks for an agent, and the key for messages to it; null if there is no such agent.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="cancel">Stops the wait.</param>
    public async Task<AgentStanding?> StandingAsync(ulong id, CancellationToken cancel = default)
    {
        try
        {
            var owner = calls.ReadAsync(AgentAbi.OwnerOf, cancel, (UInt256)id);
            var wallet = calls.ReadAsync(AgentAbi.GetAgentWallet, cancel, (UInt256)id);
            var key = MetadataAsync(id, MessageSealing.MetadataKey, cancel);
            var inbox = MetadataAsync(id, MessageSealing.InboxKey, cancel);
            await Task.WhenAll(owner, wallet, key, inbox).ConfigureAwait(false);
            var paid = (Address)(await wallet.ConfigureAwait(false))[0]!;
            var bytes = await key.ConfigureAwait(false);
            var place = await inbox.ConfigureAwait(false);
            return new AgentStanding(
                (Address)(await owner.ConfigureAwait(false))[0]!,
                paid == default ? null : paid,
                bytes.Length == Hash256.Length ? Hash256.FromBytes(bytes) : null,
                place.Length is > 0 and <= MessageSealing.MaxInbox ? Encoding.UTF8.GetString(place) : null);
        }
        catch (RpcException e) when (e.IsRevert("ERC721NonexistentToken"))
        {
            return null;
        }
    }

    /// <summary>Agents by number, beginning with one; shorter than asked for at the end.</summary>
    /// <param name="first">Number of the first.</param>
    /// <param name="limit">1 to <see cref="MostListed"/>.</param>
    /// <param name="cancel">Stops it.</param>
    public async Task<IReadOnlyList<Agent>> ListAsync(ulong first, int limit, CancellationToken cancel = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(limit, MostListed);
        var agents = new List<Agent>();
        while (agents.Count < limit)
        {
            var count = Math.Min(AtOnce, limit - agents.Count);
            var from = first + (ulong)agents.Count;
            var some = await Task.WhenAll(
                Enumerable.Range(0, count).Select(i => FindAsync(from + (ulong)i, cancel))).ConfigureAwait(false);
            // Numbers have no gaps: a token is never burned.
            agents.AddRange(some.TakeWhile(a => a is not null)!);
            if (some[^1] is null)
                break;
        }

        return agents;
    }
}

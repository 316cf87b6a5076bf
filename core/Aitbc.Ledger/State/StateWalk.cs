using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Ledger.State;

/// <summary>A node of the state with the accounts and slots that end in it.</summary>
/// <param name="Key">Its store key, of <see cref="TrieKey"/>.</param>
/// <param name="Encoded">Its RLP.</param>
/// <param name="Accounts">By Keccak-256 of the address.</param>
/// <param name="Slots">By Keccak-256 of the contract's address and of the slot; never zero.</param>
public sealed record StateNode(
    byte[] Key, byte[] Encoded, IReadOnlyList<(Hash256 Key, AccountState Account)> Accounts,
    IReadOnlyList<(Hash256 Owner, Hash256 Key, UInt256 Value)> Slots);

/// <summary>
/// The whole state below a root, node by node in one order: a node before those below it, children from left to right,
/// the storage of an account right after its leaf (specs/sync.md, section 6). Each node must have the hash that the one
/// above it names, so that nobody who sends them has to be trusted, and nothing is taken that is not in the state.
/// </summary>
public sealed class StateWalk
{
    /// <summary>Bytes of a node at most; the longest there is, a branch, has 532.</summary>
    public const int MaxNode = 1_024;

    private readonly Stack<Place> open = [];

    /// <summary>A walk from the root.</summary>
    /// <param name="stateRoot">From a header that is believed.</param>
    public StateWalk(Hash256 stateRoot)
    {
        if (stateRoot != MerkleTrie.EmptyRoot)
            open.Push(new Place(new StatePosition(null, default), stateRoot));
    }

    /// <summary>True if there is no further node.</summary>
    public bool IsDone => open.Count == 0;

    /// <summary>The position of the next node.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public StatePosition Next => open.Peek().Position;

    /// <summary>Takes the next node.</summary>
    /// <param name="encoded">Its RLP, of anybody; not copied.</param>
    /// <returns>Null if it is another node or none; then nothing has changed.</returns>
    /// <exception cref="InvalidOperationException">There is no further node.</exception>
    public StateNode? TryTake(byte[] encoded)
    {
        ArgumentNullException.ThrowIfNull(encoded);
        var place = open.Peek();
        if (encoded.Length > MaxNode || Keccak256.Hash(encoded) != place.Hash)
            return null;
        var found = new Found(place.Position.Owner);
        try
        {
            found.Add(TrieNodeCodec.Decode(encoded, place.Position.Path.Span), place.Position.Path.ToArray());
        }
        catch (RlpException)
        {
            return null;
        }

        open.Pop();
        for (var i = found.Below.Count - 1; i >= 0; i--)
            open.Push(found.Below[i]);
        return new StateNode(place.Position.Key(), encoded, found.Accounts, found.Slots);
    }

    /// <summary>Reads nodes of a stored state from a position on, for who asks for them.</summary>
    /// <param name="reader">The stored nodes.</param>
    /// <param name="stateRoot">Of the state that is stored.</param>
    /// <param name="from">Where to begin; null = at the root. What lies before it is not read.</param>
    /// <param name="enough">Ends with the node with which there are so many bytes.</param>
    /// <exception cref="InvalidDataException">A stored node is missing, or not what its parent means.</exception>
    public static IReadOnlyList<byte[]> Read(
        TrieNodeReader reader, Hash256 stateRoot, StatePosition? from, int enough)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var (walk, nodes, bytes) = (new StateWalk(stateRoot), new List<byte[]>(), 0);
        while (!walk.IsDone && bytes < enough)
        {
            // An account whose storage is wanted stands above it, so its leaf is read again.
            var isBefore = from is not null && walk.Next.CompareTo(from) < 0;
            if (isBefore && !walk.Next.IsAbove(from!))
            {
                walk.open.Pop();
                continue;
            }

            var key = walk.Next.Key();
            if (reader(key) is not { } node || walk.TryTake(node) is null)
                throw new InvalidDataException($"The trie node {Convert.ToHexStringLower(key)} is not what it was.");
            if (isBefore)
                continue;
            nodes.Add(node);
            bytes += node.Length;
        }

        return nodes;
    }

    private readonly record struct Place(StatePosition Position, Hash256 Hash);

    /// <summary>What one node leads to, from left to right.</summary>
    private sealed class Found(Hash256? owner)
    {
        public List<(Hash256 Key, AccountState Account)> Accounts { get; } = [];

        public List<(Hash256 Owner, Hash256 Key, UInt256 Value)> Slots { get; } = [];

        public List<Place> Below { get; } = [];

        public void Add(TrieNode node, byte[] path)
        {
            switch (node)
            {
                case LeafNode leaf:
                    Add(StatePosition.KeyOf(leaf.Key), leaf.Value.Span);
                    break;
                case ExtensionNode extension:
                    Add(in extension.Child, [.. path, .. extension.Path]);
                    break;
                case BranchNode branch:
                    for (var i = 0; i < 16; i++)
                        Add(in branch[i], [.. path, (byte)i]);
                    break;
            }
        }

        private void Add(in ChildReference child, byte[] path)
        {
            if (!child.Hash.IsZero)
                Below.Add(new Place(new StatePosition(owner, path), child.Hash));
            else if (child.Node is { } inside)
                Add(inside, path);
        }

        private void Add(Hash256 key, ReadOnlySpan<byte> value)
        {
            if (owner is { } contract)
            {
                var reader = new RlpReader(value);
                Slots.Add((contract, key, reader.ReadUInt256()));
                reader.EnsureEnd();
                return;
            }

            var account = AccountState.Decode(value);
            Accounts.Add((key, account));
            if (account.StorageRoot != MerkleTrie.EmptyRoot)
                Below.Add(new Place(new StatePosition(key, default), account.StorageRoot));
        }
    }
}

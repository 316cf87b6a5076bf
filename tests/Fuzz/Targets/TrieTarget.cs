using Aitbc.Fuzz.Seeds;
using Aitbc.Ledger.State;
using Aitbc.Ledger.Trie;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// A key of 32 bytes and a proof: chunks, each with its length in two bytes. A proof of anybody is true or false and
/// nothing else; nodes and accounts are refused with an RlpException or encode to the same bytes.
/// </summary>
internal sealed class TrieTarget : IFuzzTarget
{
    // More than any proof of a key of 32 bytes has.
    private const int MostNodes = 100;

    public string Name => "trie";

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => LedgerSeeds.Proofs();

    public Allocation Bound { get; } = new(64 << 10, 100);

    public void Run(byte[] input)
    {
        var key = input.AsSpan(0, Math.Min(32, input.Length));
        var nodes = new List<byte[]>();
        for (var rest = input.AsSpan(key.Length); rest.Length > 2 && nodes.Count < MostNodes;)
        {
            var length = Math.Min((rest[0] << 8) | rest[1], rest.Length - 2);
            nodes.Add(rest.Slice(2, length).ToArray());
            rest = rest[(2 + length)..];
        }

        var root = nodes.Count == 0 ? Hash256.Zero : Keccak256.Hash(nodes[0]);
        if (TrieProof.TryVerify(root, key, nodes, out var value) && value is { Length: 0 })
            throw new FuzzFailure("A proof shows an empty value: a tree has none.");
        foreach (var node in nodes)
            Node(node);
    }

    private static void Node(byte[] bytes)
    {
        try
        {
            var node = TrieNodeCodec.Decode(bytes, []);
            node.Encoded = bytes;
        }
        catch (RlpException)
        {
            // As it promises.
        }

        try
        {
            if (!AccountState.Decode(bytes).Encode().AsSpan().SequenceEqual(bytes))
                throw new FuzzFailure("An account encodes to other bytes.");
        }
        catch (RlpException)
        {
            // As it promises.
        }
    }
}

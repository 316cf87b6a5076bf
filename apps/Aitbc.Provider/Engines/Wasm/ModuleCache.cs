using System.Security.Cryptography;
using Wasmtime;

namespace Aitbc.Provider.Engines.Wasm;

/// <summary>
/// Compiled modules by the hash of their bytes, a bounded number of them; the least recently used leaves first. A
/// module is compiled once however many jobs ask at the same time. One that left is freed by its finalizer, since a
/// job may still run it.
/// </summary>
internal sealed class ModuleCache(Engine engine, int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _byHash = [];
    private readonly LinkedList<Entry> _recent = new();

    public int Count
    {
        get
        {
            lock (_gate)
                return _byHash.Count;
        }
    }

    /// <summary>Throws <see cref="WasmtimeException"/> when the bytes are no valid module.</summary>
    public Module Get(ReadOnlyMemory<byte> bytes)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
        LinkedListNode<Entry>? node;
        lock (_gate)
        {
            if (_byHash.TryGetValue(hash, out node))
            {
                _recent.Remove(node);
            }
            else
            {
                node = new(new Entry(hash, new(() => Module.FromBytes(engine, hash, bytes.Span))));
                _byHash.Add(hash, node);
                if (_byHash.Count > capacity && _recent.Last is { } oldest)
                    Drop(oldest);
            }

            _recent.AddFirst(node);
        }

        try
        {
            return node.Value.Module.Value;
        }
        catch (WasmtimeException)
        {
            lock (_gate)
            {
                if (_byHash.TryGetValue(hash, out var now) && now == node)
                    Drop(node);
            }

            throw;
        }
    }

    private void Drop(LinkedListNode<Entry> node)
    {
        _recent.Remove(node);
        _byHash.Remove(node.Value.Hash);
    }

    private sealed record Entry(string Hash, Lazy<Module> Module);
}

using Aitbc.Primitives.Crypto;
using Aitbc.Testing;

namespace Aitbc.Fuzz.Running;

/// <summary>Runs many cases in this process and says which one failed, so that it can be repeated.</summary>
/// <param name="target">What is tried.</param>
/// <param name="isAlone">True if nothing else runs in this process: only then is its allocation the target's.</param>
internal sealed class CaseRun(IFuzzTarget target, bool isAlone)
{
    /// <summary>Most bytes that one case allocated; 0 if they were not counted.</summary>
    public long MostAllocated { get; private set; }

    /// <summary>Largest part of its bound that one case allocated, in percent.</summary>
    public long MostOfBound { get; private set; }

    // BouncyCastle allocates megabytes for a signature: the bounds are for libsecp256k1.
    private bool IsCounted => (isAlone || !target.Bound.ByProcess) && Secp256k1.Backend == "libsecp256k1";

    /// <summary>The corpus, then so many random and mutated inputs: the same for the same corpus and seed.</summary>
    public void Random(IReadOnlyList<byte[]> corpus, int cases, ulong seed)
    {
        Replay(corpus);
        var mutator = new Mutator(corpus, target.Words, new Xoshiro(seed));
        for (var i = 0; i < cases; i++)
            One(mutator.Next(), $"case {i} of seed {seed}");
    }

    /// <summary>These inputs only.</summary>
    public void Replay(IReadOnlyList<byte[]> inputs)
    {
        for (var i = 0; i < inputs.Count; i++)
            One(inputs[i], $"input {i} of the corpus");
    }

    private void One(byte[] input, string which)
    {
        var before = Allocated();
        try
        {
            target.Run(input);
        }
        catch (Exception e)
        {
            throw Failure(input, which, $"{e.GetType().Name}: {e.Message}", e);
        }

        if (!IsCounted)
            return;
        var allocated = Allocated() - before;
        var bound = target.Bound.Of(input.Length);
        if (allocated > bound)
            throw Failure(input, which, $"{allocated} bytes were allocated, more than {bound}");
        MostAllocated = Math.Max(MostAllocated, allocated);
        MostOfBound = Math.Max(MostOfBound, allocated * 100 / bound);
    }

    private long Allocated() =>
        target.Bound.ByProcess ? GC.GetTotalAllocatedBytes() : GC.GetAllocatedBytesForCurrentThread();

    private FuzzFailure Failure(byte[] input, string which, string what, Exception? inner = null) =>
        new($"{target.Name}, {which}, {input.Length} bytes: {what}", inner) { Input = input };
}

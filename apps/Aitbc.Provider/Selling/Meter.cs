using Aitbc.Primitives;
using Aitbc.Provider.Engines;

namespace Aitbc.Provider.Selling;

/// <summary>
/// Counts what one answer costs. While it is made only the parts that were given are known; the engine's own count,
/// where it comes, decides.
/// </summary>
internal sealed class Meter(ModelPrice price, ulong worstPrompt, long promptBytes, ulong mostOutput)
{
    // Of a prompt that nobody counted: the usual length of a token of text.
    private const ulong BytesPerToken = 4;

    /// <summary>What it can cost at most, in atto-AIT.</summary>
    public UInt256 Cap { get; } = price.Of(worstPrompt, mostOutput);

    /// <summary>Tokens of the output that were given.</summary>
    public ulong Given { get; private set; }

    /// <summary>What the engine counted; null until it said so.</summary>
    public UsagePiece? Usage { get; set; }

    /// <summary>What was given costs at most this.</summary>
    public UInt256 Running => price.Of(worstPrompt, Given);

    public ulong PromptTokens => Usage?.PromptTokens
        ?? Math.Min(worstPrompt, ((ulong)promptBytes + BytesPerToken - 1) / BytesPerToken);

    public ulong OutputTokens => Usage?.OutputTokens ?? Given;

    /// <summary>The same at another price, before anything is given.</summary>
    public Meter At(ModelPrice other) => new(other, worstPrompt, promptBytes, mostOutput);

    /// <summary>What has to be covered before the first of so many tokens.</summary>
    public UInt256 Slice(ulong tokens) => price.Of(worstPrompt, Math.Min(tokens, mostOutput));

    /// <summary>Whether one token more is covered.</summary>
    public bool Covers(UInt256 covered) => covered >= Cap || price.Of(worstPrompt, Given + 1) <= covered;

    public void Give() => Given++;

    public UInt256 Charge(UInt256 covered) =>
        UInt256.Min(UInt256.Min(price.Of(PromptTokens, OutputTokens), Cap), covered);
}

using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Payments;

namespace Aitbc.Provider.Selling;

/// <summary>Counts tokens of a model, at a price for those of the prompt and one for those of the output.</summary>
internal sealed class TokenMeter(ModelPrice price, ulong worstPrompt, long promptBytes, ulong mostOutput) : Meter
{
    // Of a prompt that nobody counted: the usual length of a token of text.
    private const ulong BytesPerToken = 4;

    private UsagePiece? _usage;

    public override UInt256 Cap { get; } = price.Of(worstPrompt, mostOutput);

    public override UInt256 Running => price.Of(worstPrompt, Given);

    public override TokenCount Tokens => _usage is { } usage
        ? new TokenCount(usage.PromptTokens, usage.OutputTokens)
        : new TokenCount(Math.Min(worstPrompt, ((ulong)promptBytes + BytesPerToken - 1) / BytesPerToken), Given);

    public override ulong Units => Tokens.Prompt + Tokens.Output;

    public override void Count(UsagePiece usage) => _usage = usage;

    /// <summary>The same at another price, before anything is given.</summary>
    public TokenMeter At(ModelPrice other) => new(other, worstPrompt, promptBytes, mostOutput);

    public override UInt256 Slice(ulong tokens) => price.Of(worstPrompt, Math.Min(tokens, mostOutput));

    public override bool Covers(UInt256 covered) => covered >= Cap || price.Of(worstPrompt, Given + 1) <= covered;

    // In the order in which they come: those of the prompt are free first.
    public override UInt256 Charge(UInt256 covered, ulong free)
    {
        var (prompt, output) = (Tokens.Prompt, Tokens.Output);
        var ofPrompt = Math.Min(free, prompt);
        var ofOutput = Math.Min(free - ofPrompt, output);
        var due = UInt256.Min(price.Of(prompt - ofPrompt, output - ofOutput), Cap);
        // A charge of nothing would leave the total as it was: the next voucher would be this one again.
        return UInt256.Min(free > 0 && due.IsZero ? UInt256.One : due, covered);
    }
}

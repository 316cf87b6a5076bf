using Aitbc.Consensus.Bft.Messages;

namespace Aitbc.Consensus.Bft.Engine;

/// <summary>
/// Proposals and votes for heights to come, unverified: their validators are not known yet. The next ten heights, 500
/// messages each. What is farther away is dropped and a full height takes no more; saying it again makes that good.
/// </summary>
internal sealed class FutureBuffer(RuleSet rules)
{
    private readonly SortedDictionary<ulong, List<SignedMessage>> heights = [];

    public int Count => heights.Values.Sum(m => m.Count);

    public void Add(SignedMessage message, ulong current)
    {
        var bounded = !rules.Off(Rule.FutureHeightsBounded);
        if (bounded && message.Height - current > BftLimits.FutureHeights)
            return;
        if (!heights.TryGetValue(message.Height, out var messages))
            heights.Add(message.Height, messages = []);
        if (bounded && messages.Count >= BftLimits.FutureMessagesPerHeight)
            return;
        if (!messages.Exists(m => IsSame(m, message)))
            messages.Add(message);
    }

    /// <summary>Takes out the messages of a height and forgets those below.</summary>
    public IReadOnlyList<SignedMessage> Take(ulong height)
    {
        IReadOnlyList<SignedMessage> taken = heights.TryGetValue(height, out var messages) ? messages : [];
        while (heights.Count > 0 && heights.First().Key <= height)
            heights.Remove(heights.First().Key);
        return taken;
    }

    public FutureBuffer Clone()
    {
        var copy = new FutureBuffer(rules);
        foreach (var (height, messages) in heights)
            copy.heights.Add(height, [.. messages]);
        return copy;
    }

    private static bool IsSame(SignedMessage one, SignedMessage other) => one.Signer == other.Signer
        && one.SaysTheSame(other) && one.Signature.Span.SequenceEqual(other.Signature.Span);
}

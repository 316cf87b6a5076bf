using System.Collections.Concurrent;
using Aitbc.Primitives;

namespace Aitbc.Wallet.Budgets;

/// <summary>What keeps channels from being closed at the moment; a line for each channel that has such.</summary>
internal sealed class ChannelTroubles
{
    private readonly ConcurrentDictionary<Hash256, string> reasons = new();

    public string? Of(Hash256 channel) => reasons.GetValueOrDefault(channel);

    /// <summary>True if it is news.</summary>
    public bool Set(Hash256 channel, string reason)
    {
        var isNews = Of(channel) != reason;
        reasons[channel] = reason;
        return isNews;
    }

    public void Clear(Hash256 channel) => reasons.TryRemove(channel, out _);
}

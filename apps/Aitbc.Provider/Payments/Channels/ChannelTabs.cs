using System.Collections.Concurrent;
using Aitbc.Primitives;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Channels;

/// <summary>
/// The channels that this provider knows: those of its journal, and those that were shown and are on the chain. A
/// channel gets here only after the chain has shown that it holds coins, so a stranger cannot fill this for nothing.
/// </summary>
internal sealed class ChannelTabs
{
    private readonly ConcurrentDictionary<Hash256, ChannelTab> _tabs = new();

    public ChannelTabs(PaymentJournal journal)
    {
        foreach (var record in journal.Channels)
            _tabs[record.Id] = new ChannelTab(record.Id) { Record = record };
    }

    public IEnumerable<ChannelTab> All => _tabs.Values;

    public ChannelTab? Find(Hash256 id) => _tabs.GetValueOrDefault(id);

    /// <summary>The tab, with what the chain shows of the channel.</summary>
    public ChannelTab Take(Hash256 id, ChannelHolding view)
    {
        var tab = _tabs.GetOrAdd(id, key => new ChannelTab(key));
        lock (tab.Gate)
            tab.View = view;
        return tab;
    }
}

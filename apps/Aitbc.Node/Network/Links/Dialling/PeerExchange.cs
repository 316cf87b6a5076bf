using Aitbc.Node.Network.Links.Admission;
using Aitbc.Node.Network.Links.Wire;

namespace Aitbc.Node.Network.Links.Dialling;

/// <summary>Who asks whom for addresses, how often, and what is answered (L4 to L6).</summary>
internal sealed class PeerExchange(
    AddressBook book, PeerTable table, ValidatorRoll roll, LinkLimits limits, TimeProvider time)
{
    private static readonly TimeSpan OftenestQuestion = TimeSpan.FromMinutes(1);

    /// <summary>Asks a peer if it is time to.</summary>
    public void Ask(Link link)
    {
        var state = link.Exchange;
        if (state.Asked != 0 && time.GetElapsedTime(state.Asked) < limits.AskPause)
            return;
        state.Asked = time.GetTimestamp();
        state.IsWaiting = true;
        link.SendControl(ControlKind.AddressesWanted);
    }

    /// <summary>A peer asks.</summary>
    /// <returns>False if it asks too often.</returns>
    public bool Answer(Link link)
    {
        var state = link.Exchange;
        if (state.WasAsked != 0 && time.GetElapsedTime(state.WasAsked) < OftenestQuestion)
            return false;
        state.WasAsked = time.GetTimestamp();
        var known = table.All
            .Where(l => l.Peer != link.Peer && l.Party.ListenPort != 0 && !roll.IsValidator(l.Party.ConsensusKey))
            .Take(AddressList.Most)
            .Select(l => new SeenAddress(l.Party.Remote.Address, l.Party.ListenPort, l.Peer))
            .ToList();
        link.SendControl(ControlKind.Addresses, AddressList.Encode(known));
        return true;
    }

    /// <summary>A peer answers.</summary>
    /// <returns>False if nobody asked it.</returns>
    /// <exception cref="LinkFault">The list is none.</exception>
    public bool Learn(Link link, ReadOnlySpan<byte> content)
    {
        if (!AddressList.TryDecode(content, out var list))
            throw new LinkFault("a list of addresses that is none");
        if (!link.Exchange.IsWaiting)
            return false;
        link.Exchange.IsWaiting = false;
        foreach (var seen in list)
            book.Add(seen, link.Party.Remote.Address);
        return true;
    }
}

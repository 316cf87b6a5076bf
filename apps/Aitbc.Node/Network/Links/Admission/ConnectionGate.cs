using System.Net;

namespace Aitbc.Node.Network.Links.Admission;

/// <summary>How many strangers may be at the door at once, and how fast one address may come (L1).</summary>
internal sealed class ConnectionGate(LinkLimits limits, TimeProvider time)
{
    private const int MostAddresses = 4_096;
    private readonly Dictionary<IPAddress, Caller> callers = [];
    private readonly Lock gate = new();
    private int inside;

    /// <summary>True if a handshake may begin; then <see cref="Leave"/> must follow.</summary>
    public bool TryEnter(IPAddress address)
    {
        lock (gate)
        {
            var caller = Find(Network(address));
            if (caller is null || inside >= limits.MaxHandshakes || caller.Inside >= limits.MaxHandshakesPerAddress)
                return false;
            Refill(caller);
            if (caller.Tokens < 1)
                return false;
            caller.Tokens--;
            caller.Inside++;
            inside++;
            return true;
        }
    }

    public void Leave(IPAddress address)
    {
        lock (gate)
        {
            if (!callers.TryGetValue(Network(address), out var caller) || caller.Inside == 0)
                return;
            caller.Inside--;
            inside--;
        }
    }

    /// <summary>What counts as one address: a whole IPv4 address, the first 64 bits of an IPv6 address.</summary>
    public static IPAddress Network(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6)
            return address.MapToIPv4();
        var bytes = address.GetAddressBytes();
        if (bytes.Length == 4)
            return address;
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes);
    }

    private Caller? Find(IPAddress network)
    {
        if (callers.TryGetValue(network, out var caller))
            return caller;
        if (callers.Count >= MostAddresses)
            Forget();
        if (callers.Count >= MostAddresses)
            return null;
        return callers[network] = new Caller { Tokens = limits.ConnectionBurst, Filled = time.GetTimestamp() };
    }

    // Who has all of its tokens and nobody inside is as good as unknown.
    private void Forget()
    {
        foreach (var (network, caller) in callers.ToList())
        {
            Refill(caller);
            if (caller.Inside == 0 && caller.Tokens >= limits.ConnectionBurst)
                callers.Remove(network);
        }
    }

    private void Refill(Caller caller)
    {
        var now = time.GetTimestamp();
        var gained = time.GetElapsedTime(caller.Filled, now).TotalSeconds * limits.ConnectionRate;
        caller.Tokens = Math.Min(limits.ConnectionBurst, caller.Tokens + gained);
        caller.Filled = now;
    }

    private sealed class Caller
    {
        public double Tokens { get; set; }

        public long Filled { get; set; }

        public int Inside { get; set; }
    }
}

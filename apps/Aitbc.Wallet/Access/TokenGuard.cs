using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;

namespace Aitbc.Wallet.Access;

/// <summary>
/// Slows guessing of tokens. Wrong tokens close the door for the address that sent them and for no other; a token that
/// was right before from an address passes always, so that nobody who guesses keeps an agent beside him out.
/// </summary>
internal sealed class TokenGuard(TimeProvider time, ILogger<TokenGuard> log)
{
    /// <summary>Wrong tokens of an address that are answered at once.</summary>
    public const int FreeGuesses = 10;

    /// <summary>Addresses that are told apart; more of them share one place.</summary>
    public const int MostAddresses = 4_096;

    private const int MostKnownTokens = 4_096;
    private const int CheckedAtOnce = 8;
    private static readonly TimeSpan Forgotten = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, Source> sources = [];
    private readonly Source strangers = new(time);

    /// <summary>Addresses that are remembered now.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return sources.Count;
        }
    }

    /// <summary>
    /// Who a token belongs to; null and no wait for a wrong one. A wait says that nothing was looked at.
    /// </summary>
    /// <param name="address">Where it came from; null = a Unix socket.</param>
    /// <param name="tokenHash">SHA-256 of the token.</param>
    /// <param name="identify">Looks the token up.</param>
    /// <param name="cancel">Ends the wait for a turn.</param>
    public async Task<(Caller? Caller, TimeSpan Wait)> IdentifyAsync(
        IPAddress? address, byte[] tokenHash, Func<Task<Caller?>> identify, CancellationToken cancel)
    {
        var mark = BinaryPrimitives.ReadUInt128BigEndian(tokenHash);
        var source = Find(KeyOf(address));
        if (source.IsKnown(mark))
            return (await identify(), TimeSpan.Zero);

        // Tokens that are new here take turns: a burst of guesses is counted while it is tried.
        await source.Turn.WaitAsync(cancel);
        try
        {
            if (!source.IsKnown(mark) && source.Attempts.Wait() is var wait && wait > TimeSpan.Zero)
                return (null, wait);
            var caller = await identify();
            if (caller is not null)
                source.Know(mark);
            else if (source.Attempts.Wrong())
                log.LogWarning("Wrong tokens come from {Address}: it is slowed", address?.ToString() ?? "the socket");
            return (caller, TimeSpan.Zero);
        }
        finally
        {
            source.Turn.Release();
        }
    }

    private Source Find(UInt128 key)
    {
        lock (gate)
        {
            var now = time.GetTimestamp();
            if (!sources.TryGetValue(key, out var source))
            {
                if (sources.Count >= MostAddresses)
                    Forget();
                if (sources.Count >= MostAddresses)
                    return strangers;
                sources[key] = source = new Source(time);
            }

            source.SeenAt = now;
            return source;
        }
    }

    private void Forget()
    {
        foreach (var (key, source) in sources)
        {
            if (time.GetElapsedTime(source.SeenAt) > Forgotten)
                sources.Remove(key);
        }
    }

    // One network of IPv6 is one address here: whoever has it has 2^64 of them.
    private static UInt128 KeyOf(IPAddress? address)
    {
        if (address is null)
            return UInt128.MaxValue;
        if (address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6)
            return BinaryPrimitives.ReadUInt32BigEndian(address.MapToIPv4().GetAddressBytes());
        if (IPAddress.IsLoopback(address))
            return UInt128.One;
        var bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private sealed class Source(TimeProvider time)
    {
        private readonly HashSet<UInt128> known = [];

        public Attempts Attempts { get; } = new(time, FreeGuesses, Forgotten);

        public SemaphoreSlim Turn { get; } = new(CheckedAtOnce, CheckedAtOnce);

        public long SeenAt { get; set; }

        public bool IsKnown(UInt128 mark)
        {
            lock (known)
                return known.Contains(mark);
        }

        public void Know(UInt128 mark)
        {
            lock (known)
            {
                if (known.Count < MostKnownTokens)
                    known.Add(mark);
            }
        }
    }
}

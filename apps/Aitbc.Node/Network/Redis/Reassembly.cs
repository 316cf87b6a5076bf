namespace Aitbc.Node.Network.Redis;

/// <summary>Puts messages together out of their pieces (specs/p2p.md, R3): few at a time, and not for long.</summary>
internal sealed class Reassembly(TimeProvider time)
{
    private const int Most = 16;
    private const int MostOfSender = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly Dictionary<(PeerId Sender, ulong Number), Parts> open = [];

    /// <summary>Messages that are not whole.</summary>
    public int Count => open.Count;

    /// <summary>Takes a piece.</summary>
    /// <returns>The whole message if this was what was missing, else null.</returns>
    public ReadOnlyMemory<byte>? Add(RedisMessage message)
    {
        if (message.Count == 1)
            return message.Piece;
        var key = (message.Sender, message.Number);
        if (!open.TryGetValue(key, out var parts))
        {
            MakeRoom(message.Sender);
            open[key] = parts = new Parts(message.Count, message.Class, time.GetTimestamp());
        }

        if (parts.Class != message.Class || parts.Pieces.Length != message.Count)
            return null;
        if (parts.Pieces[message.Index] is null)
            parts.Missing--;
        parts.Pieces[message.Index] = message.Piece.ToArray();
        if (parts.Missing > 0)
            return null;
        open.Remove(key);
        return parts.Pieces.SelectMany(p => p!).ToArray();
    }

    private void MakeRoom(PeerId sender)
    {
        foreach (var (key, parts) in open.ToList())
        {
            if (time.GetElapsedTime(parts.Began) > Patience)
                open.Remove(key);
        }

        var ofSender = open.Where(p => p.Key.Sender == sender).ToList();
        if (ofSender.Count >= MostOfSender)
            open.Remove(ofSender.MinBy(p => p.Value.Began).Key);
        else if (open.Count >= Most)
            open.Remove(open.MinBy(p => p.Value.Began).Key);
    }

    private sealed class Parts(int count, byte @class, long began)
    {
        public byte[]?[] Pieces { get; } = new byte[count][];

        public byte Class { get; } = @class;

        public long Began { get; } = began;

        public int Missing { get; set; } = count;
    }
}

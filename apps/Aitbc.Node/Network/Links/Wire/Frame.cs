namespace Aitbc.Node.Network.Links.Wire;

/// <summary>A unit of a link: length of the payload (4), class (1), payload (specs/p2p.md, section 4).</summary>
/// <param name="Class">0 control, else a <see cref="MessageClass"/>.</param>
/// <param name="Payload">At most <see cref="Longest"/> bytes.</param>
internal readonly record struct Frame(byte Class, ReadOnlyMemory<byte> Payload)
{
    public const byte Control = 0;
    public const int HeaderLength = 5;
    public const int LongestControl = 4_096;

    /// <summary>Classes, control among them.</summary>
    public const int Classes = 4;

    /// <summary>Longest payload of a class; -1 if there is no such class.</summary>
    public static int Longest(byte @class) => @class switch
    {
        Control => LongestControl,
        < Classes => GossipLimits.MaxMessage,
        _ => -1,
    };
}

/// <summary>What a peer sent is not of the protocol (F1). The sentence holds none of its bytes.</summary>
internal sealed class LinkFault(string what) : Exception(what);

/// <summary>Kinds of control frames: the first byte of their payload.</summary>
internal enum ControlKind : byte
{
    Hello = 0,
    Proof = 1,
    Ping = 2,
    Pong = 3,
    AddressesWanted = 4,
    Addresses = 5,
}

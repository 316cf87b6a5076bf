namespace Aitbc.Sdk.Link;

/// <summary>Bounds of a link between a coordinator and a provider (specs/market/link.md).</summary>
public static class LinkLimits
{
    /// <summary>Bytes before a frame's payload: its kind and the number of its stream.</summary>
    public const int HeaderBytes = 5;

    /// <summary>The longest payload of a frame with the head of a request or an answer, in bytes.</summary>
    public const int MostHeadBytes = 192 * 1024;

    /// <summary>The longest payload of a frame with data, in bytes.</summary>
    public const int MostDataBytes = 16 * 1024;

    /// <summary>Bytes of data that may be under way in each direction of a stream.</summary>
    public const int Window = 256 * 1024;

    /// <summary>The longest body of a request, in bytes: what the doors of a provider take.</summary>
    public const long MostBodyBytes = 24 * 1024 * 1024;

    /// <summary>Streams that are open at once; one more is refused.</summary>
    public const int MostStreams = 512;

    /// <summary>Frames of data that wait for the socket; who has more waits.</summary>
    public const int MostQueuedData = 128;

    /// <summary>All frames that wait for the socket; a peer that makes more necessary and reads none is cut.</summary>
    public const int MostQueued = 8 * 1024;

    /// <summary>The longest code of an end, in characters.</summary>
    public const int LongestCode = 64;

    /// <summary>How often a provider says how busy it is; the coordinator answers each.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(10);

    /// <summary>A side that has heard nothing for so long gives the link up.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);
}

namespace Aitbc.Coordinator.Outbound;

/// <summary>Reads a whole body of bounded length.</summary>
internal static class BoundedBody
{
    /// <summary>Throws <see cref="InvalidDataException"/> if it is longer.</summary>
    public static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream body, int most, CancellationToken cancel)
    {
        using var whole = new MemoryStream();
        var part = new byte[16 * 1024];
        while (await body.ReadAsync(part, cancel) is var length and > 0)
        {
            if (whole.Length + length > most)
                throw new InvalidDataException($"The body is longer than {most} bytes.");
            whole.Write(part, 0, length);
        }

        return whole.GetBuffer().AsMemory(0, (int)whole.Length);
    }
}

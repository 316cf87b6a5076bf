using Aitbc.Testing.Network;
using Xunit;

namespace Node.Tests.Network;

/// <summary>A Redis server where there is one; else the test is skipped with the reason.</summary>
internal static class InstalledRedis
{
    public static Task<RedisServer> StartAsync(string? password = null)
    {
        Assert.SkipWhen(RedisServer.Missing is not null, RedisServer.Missing ?? "");
        return RedisServer.StartAsync(password);
    }
}

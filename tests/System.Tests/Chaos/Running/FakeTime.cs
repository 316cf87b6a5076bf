namespace System.Tests.Chaos.Running;

/// <summary>libfaketime: a process believes that it is another time. Waits are measured by the true clock.</summary>
internal static class FakeTime
{
    /// <summary>The library; null where it is not installed.</summary>
    public static string? Find() => Directory.Exists("/usr/lib")
        ? Directory.EnumerateDirectories("/usr/lib", "*-linux-gnu")
            .Select(d => Path.Combine(d, "faketime", "libfaketimeMT.so.1")).FirstOrDefault(File.Exists)
        : null;

    /// <param name="library">The library.</param>
    /// <param name="offset">Seconds with their sign.</param>
    public static (string Name, string Value)[] Environment(string library, string offset) =>
    [
        ("LD_PRELOAD", library), ("FAKETIME", offset), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
        ("FAKETIME_DISABLE_SHM", "1"),
    ];
}

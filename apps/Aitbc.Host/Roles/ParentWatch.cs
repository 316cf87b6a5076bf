namespace Aitbc.Host.Roles;

/// <summary>
/// Tells the end of the process that started this one: it holds the other end of standard input, and the system closes
/// it even when that process is killed.
/// </summary>
internal static class ParentWatch
{
    public static void WhenGone(Action stop, TimeSpan grace)
    {
        var thread = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[16];
            while (input.Read(ignored) > 0)
            {
            }

            stop();
            Thread.Sleep(grace);
            Environment.Exit(1); // an orphan never outlives its grace
        })
        {
            IsBackground = true,
            Name = "parent-watch",
        };
        thread.Start();
    }
}

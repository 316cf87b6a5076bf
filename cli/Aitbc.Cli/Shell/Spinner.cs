namespace Aitbc.Cli.Shell;

/// <summary>
/// Shows at a terminal that something slow goes on, such as the derivation of a key from a password. Elsewhere nothing
/// is written.
/// </summary>
internal static class Spinner
{
    private const string Frames = "|/-\\";
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Turn = TimeSpan.FromMilliseconds(120);

    /// <summary>Waits for the work; what is shown is wiped away before it returns.</summary>
    public static async Task<T> WhileAsync<T>(CommandContext context, string what, Task<T> work)
    {
        if (context.Output.IsJson || Console.IsErrorRedirected)
            return await work;
        var isShown = false;
        for (var i = 0; await Task.WhenAny(work, Task.Delay(i == 0 ? Patience : Turn)) != work; i++)
        {
            isShown = true;
            await Console.Error.WriteAsync($"\r{Frames[i % Frames.Length]} {what}");
        }

        if (isShown)
            await Console.Error.WriteAsync("\r" + new string(' ', what.Length + 2) + "\r");
        return await work;
    }

    public static Task WhileAsync(CommandContext context, string what, Task work) =>
        WhileAsync(context, what, DoneAsync(work));

    private static async Task<bool> DoneAsync(Task work)
    {
        await work;
        return true;
    }
}

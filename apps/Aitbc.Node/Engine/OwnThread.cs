namespace Aitbc.Node.Engine;

/// <summary>Work that waits and computes for as long as the node runs, and so gets no thread of the pool.</summary>
internal static class OwnThread
{
    /// <summary>Runs it on a thread of its own; the task ends when it returns.</summary>
    /// <param name="name">Of the thread, for who looks into the process.</param>
    /// <param name="work">Throws nothing.</param>
    public static Task RunAsync(string name, Action work)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var thread = new Thread(() =>
        {
            work();
            ended.SetResult();
        })
        {
            IsBackground = true,
            Name = name,
        };
        thread.Start();
        return ended.Task;
    }
}

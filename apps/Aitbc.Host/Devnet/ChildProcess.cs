using System.Diagnostics;

namespace Aitbc.Host.Devnet;

/// <summary>A process that ends when its standard input does.</summary>
internal static class ChildProcess
{
    /// <summary>Asks it to stop, and kills it if it does not in time.</summary>
    /// <returns>False if it was killed.</returns>
    public static async Task<bool> StopAsync(Process process, TimeSpan timeout)
    {
        try
        {
            process.StandardInput.Close();
            using var patience = new CancellationTokenSource(timeout);
            await process.WaitForExitAsync(patience.Token);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            process.Kill();
            await process.WaitForExitAsync();
            return false;
        }
    }
}

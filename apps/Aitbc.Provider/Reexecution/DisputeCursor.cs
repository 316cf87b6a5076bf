using System.Globalization;
using System.Text;
using Aitbc.Sdk.Files;

namespace Aitbc.Provider.Reexecution;

/// <summary>From which block on disputes are looked for, in a file that survives restarts.</summary>
internal sealed class DisputeCursor(string dataDirectory)
{
    private readonly string path = Path.Combine(dataDirectory, "disputes.cursor");

    /// <summary>Null when nothing was ever written, or it cannot be read.</summary>
    public ulong? Read() => File.Exists(path) && ulong.TryParse(
        File.ReadAllText(path), NumberStyles.None, CultureInfo.InvariantCulture, out var block) ? block : null;

    public void Write(ulong block) => DurableFile.Replace(
        path, Encoding.ASCII.GetBytes(block.ToString(CultureInfo.InvariantCulture)), path + ".draft");
}

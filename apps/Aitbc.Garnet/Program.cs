using System.Globalization;
using Garnet;

// A Redis server for a development network, on loopback and behind a password. Usage: Aitbc.Garnet PORT, with the
// password as the first line of standard input, where nobody else sees it. It says 'ready' and ends when that ends.
if (args is not [var text] || !ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port)
    || await Console.In.ReadLineAsync() is not { Length: > 0 } password)
{
    await Console.Error.WriteLineAsync("usage: Aitbc.Garnet PORT, and the password on standard input");
    return 2;
}

string[] small = ["--memory", "16m", "--page", "1m", "--segment", "16m", "--index", "1m", "--pubsub-pagesize", "64k"];
using var server = new GarnetServer(
[
    "-q", "--bind", "127.0.0.1", "--port", port.ToString(CultureInfo.InvariantCulture), "--auth", "Password",
    "--password", password, .. small,
]);
server.Start();
Console.WriteLine("ready");
await Console.In.ReadToEndAsync();
return 0;

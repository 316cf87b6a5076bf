using System.CommandLine;
using Aitbc.Host.Commands;

var root = new RootCommand("aitbcd, the daemon of AITBC: every role of the network in one program.")
{
    RunCommand.Create(),
    DevnetCommand.Create(),
    DbCommand.Create(),
    KeysCommand.Create(),
    WalletCommand.Create(),
    DoctorCommand.Create(),
};
var parsed = root.Parse(args);
if (parsed.Errors.Count == 0)
    return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });

foreach (var error in parsed.Errors)
    Console.Error.WriteLine($"aitbcd: {error.Message}");
Console.Error.WriteLine("  'aitbcd --help' shows what there is.");
return 2;

using System.CommandLine;
using System.Text.Json;
using Aitbc.Host.Errors;
using Aitbc.Node;

namespace Aitbc.Host.Commands;

/// <summary><c>aitbcd keys --data DIR</c>: what a genesis, a registry or a peer must know of a node.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var data = new Option<string>("--data")
        {
            Description = "The node's data folder (dataDirectory of its configuration).",
            Required = true,
        };
        var json = new Option<bool>("--json") { Description = "Print one line of JSON." };
        var command = new Command(
            "keys",
            "Show a node's public keys, for the genesis, the validator registry and --peer; missing keys are made.")
        {
            data, json,
        };
        command.SetAction(parsed => Run(Path.GetFullPath(parsed.GetRequiredValue(data)), parsed.GetValue(json)));
        return command;
    }

    private static DbFailure Failure(string code, Exception e) => new(new FailureBody(code, e.Message, null));

    private static int Run(string data, bool json)
    {
        try
        {
            var keys = NodeKeys.ReadOrCreate(data);
            if (json)
            {
                Console.Out.WriteLine(JsonSerializer.Serialize(keys, HostJson.Default.NodeKeys));
                return 0;
            }

            Console.Out.WriteLine($"consensusKey      {keys.ConsensusKey}");
            Console.Out.WriteLine($"transportKeyHash  {keys.TransportKeyHash}");
            return 0;
        }
        catch (Exception e) when (e is NodeStartException or IOException or UnauthorizedAccessException)
        {
            var code = e is NodeStartException refusal ? refusal.Code : StartCodes.RoleFailed;
            if (json)
                Console.Out.WriteLine(JsonSerializer.Serialize(Failure(code, e), HostJson.Default.DbFailure));
            else
                Console.Error.WriteLine($"aitbcd: {e.Message}");
            return 1;
        }
    }
}

using System.CommandLine;
using Aitbc.Cli.Network;

namespace Aitbc.Cli.Shell;

/// <summary>Options that every command takes.</summary>
internal static class GlobalOptions
{
    public static Option<bool> Json { get; } = Global(new Option<bool>("--json")
    {
        Description = "Answer with one JSON document.",
    });

    public static Option<string?> Data { get; } = Global(new Option<string?>("--data")
    {
        Description = "Folder of the network to talk to (default: $AITBC_DATA, or ~/.aitbc/devnet).",
    });

    public static Option<Uri?> Node { get; } = Url("node", 8006);

    public static Option<Uri?> Wallet { get; } = Url("wallet", 8015, ", or unix:PATH of its socket");

    public static Option<Uri?> Coordinator { get; } = Url("coordinator", 8000);

    public static Option<string?> WalletToken { get; } = Global(new Option<string?>("--wallet-token-file")
    {
        Description = "File with the wallet's token.",
    });

    public static IEnumerable<Option> All => [Json, Data, Node, Wallet, Coordinator, WalletToken];

    private static Option<Uri?> Url(string role, int port, string more = "") => Global(new Option<Uri?>($"--{role}-url")
    {
        Description = $"The {role} (default: that of the network in --data, else http://127.0.0.1:{port}){more}.",
        CustomParser = result =>
        {
            if (Connection.TryRead(result.Tokens[0].Value, isSocketToo: more.Length > 0) is { } url)
                return url;
            result.AddError($"'{result.Tokens[0].Value}' is no http or https address.");
            return null;
        },
    });

    private static T Global<T>(T option)
        where T : Option
    {
        option.Recursive = true;
        return option;
    }
}

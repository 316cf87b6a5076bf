using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Aitbc.Host.Errors;
using Aitbc.Wallet;

namespace Aitbc.Host.Commands;

/// <summary><c>aitbcd wallet restore</c>: a wallet's data out of a backup, while no daemon runs on them.</summary>
internal static class WalletCommand
{
    public static Command Create() => new("wallet", "A wallet's data, while its daemon is stopped.")
    {
        Restore(),
    };

    private static Command Restore()
    {
        var file = new Option<string>("--file") { Description = "The backup.", Required = true };
        var data = new Option<string>("--data")
        {
            Description = "Folder for the wallet's data (dataDirectory of its configuration); it has no wallet yet.",
            Required = true,
        };
        var password = new Option<string?>("--password-file")
        {
            Description = "File of mode 0600 with the password that the wallet had when the backup was made.",
        };
        var descriptor = new Option<int?>("--password-fd")
        {
            Description = "Open file descriptor to read that password from; 0 is standard input.",
        };
        var json = new Option<bool>("--json") { Description = "Print one line of JSON." };
        var command = new Command(
            "restore",
            "Restore a backup into a folder without a wallet. Its budgets sign nothing until the owner resumes them.")
        {
            file, data, password, descriptor, json,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(password) is null == result.GetValue(descriptor) is null)
                result.AddError("Exactly one of --password-file and --password-fd is needed.");
        });
        command.SetAction((parsed, cancel) => RunAsync(
            parsed.GetRequiredValue(file),
            parsed.GetRequiredValue(data),
            new PasswordPlace(parsed.GetValue(password), parsed.GetValue(descriptor)),
            parsed.GetValue(json),
            cancel));
        return command;
    }

    private static async Task<int> RunAsync(
        string file, string data, PasswordPlace place, bool json, CancellationToken cancel)
    {
        try
        {
            var password = WalletRestore.ReadPassword(place.File, place.Descriptor);
            try
            {
                Say(await WalletRestore.RunAsync(file, data, password, TimeProvider.System, cancel), json);
                return 0;
            }
            finally
            {
                CryptographicOperations.ZeroMemory(password);
            }
        }
        catch (Exception e) when (e is WalletBackupException or WalletStartException or IOException
            or UnauthorizedAccessException)
        {
            Say(CodeOf(e), e.Message, json);
            return 1;
        }
    }

    private static string CodeOf(Exception exception) => exception switch
    {
        WalletBackupException refusal => refusal.Code,
        WalletStartException refusal => refusal.Code,
        _ => StartCodes.RoleFailed,
    };

    private static void Say(RestoredWallet restored, bool json)
    {
        if (json)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(restored, HostJson.Default.RestoredWallet));
            return;
        }

        Console.Out.WriteLine($"made at   {restored.MadeAt.UtcDateTime:yyyy-MM-dd HH:mm:ss'Z'}");
        Console.Out.WriteLine($"accounts  {restored.Accounts}");
        Console.Out.WriteLine($"budgets   {restored.Budgets}, which wait for 'aitbc wallet resume'");
    }

    private static void Say(string code, string detail, bool json)
    {
        if (json)
        {
            var failure = new DbFailure(new FailureBody(code, detail, null));
            Console.Out.WriteLine(JsonSerializer.Serialize(failure, HostJson.Default.DbFailure));
        }
        else
        {
            Console.Error.WriteLine($"aitbcd: {detail}");
        }
    }

    private sealed record PasswordPlace(string? File, int? Descriptor);
}

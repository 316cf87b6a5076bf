using System.CommandLine;
using Aitbc.Host.Devnet;
using Aitbc.Host.Roles;

namespace Aitbc.Host.Commands;

/// <summary><c>aitbcd devnet</c>: a whole network on this machine.</summary>
internal static class DevnetCommand
{
    private const int HighestPort = 65_535;

    public static Command Create()
    {
        var data = new Option<string?>("--data")
        {
            Description = "Folder of everything it keeps (default: $AITBC_DATA, or ~/.aitbc/devnet).",
        };
        var ephemeral = new Option<bool>("--ephemeral")
        {
            Description = "Remove the folder at the end; without --data it is a temporary one.",
        };
        var freePorts =
            new Option<bool>("--free-ports") { Description = "Take free ports instead of the standard ones." };
        var roles = new Option<string>("--roles")
        {
            Description = $"Roles to start, separated by commas ({RoleTable.Names}).",
            DefaultValueFactory = _ => string.Join(',', RoleTable.All.Select(r => r.Name)),
        };
        var (validators, redis) = (ValidatorsOption(), NodeFlags.RedisOption());
        var restart = new Option<bool>("--restart")
        {
            Description = "Start a process again that was killed, and wait for the silent seconds only: to try faults.",
        };
        var json = new Option<bool>("--json") { Description = "Print one line of JSON when all is ready." };
        var supervised = new Option<bool>("--supervised")
        {
            Description = "End when standard input ends, and leave Ctrl-C to the program that holds it.",
        };
        var ports = RoleTable.All.ToDictionary(r => r.Name, PortOption);
        var command = new Command("devnet", "Run a development network: one process for each role.")
        {
            data, ephemeral, freePorts, roles, validators, redis, restart, json, supervised,
        };
        foreach (var port in ports.Values)
            command.Options.Add(port);
        roles.Validators.Add(result => RoleChoice.Check(result.GetValueOrDefault<string>(), result.AddError));
        command.SetAction((parsed, cancel) => DevnetRun.RunAsync(new DevnetOptions
        {
            Data = Folder(parsed.GetValue(data), parsed.GetValue(ephemeral)),
            Ephemeral = parsed.GetValue(ephemeral),
            FreePorts = parsed.GetValue(freePorts),
            Roles = RoleChoice.Parse(parsed.GetRequiredValue(roles)),
            Ports = ports.Where(p => parsed.GetValue(p.Value) is not null)
                .ToDictionary(p => p.Key, p => parsed.GetValue(p.Value)!.Value),
            Validators = parsed.GetValue(validators),
            Redis = parsed.GetValue(redis),
            Restart = parsed.GetValue(restart),
            Json = parsed.GetValue(json),
            Supervised = parsed.GetValue(supervised),
        }, cancel));
        return command;
    }

    private static Option<int?> ValidatorsOption()
    {
        var option = new Option<int?>("--validators")
        {
            Description = $"Validators, each a node process of its own: 1 to {DevnetValidators.Most} (default: as many "
                + "as the data have, or 1). With 4, any one may fail.",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > DevnetValidators.Most)
                result.AddError($"--validators is 1 to {DevnetValidators.Most}.");
        });
        return option;
    }

    private static Option<int?> PortOption(RoleDefinition role)
    {
        var option = new Option<int?>($"--{role.Name}-port")
        {
            Description = $"Port of the {role.Name} (default {role.Port}).",
        };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 1 or > HighestPort)
                result.AddError($"--{role.Name}-port is 1 to {HighestPort}.");
        });
        return option;
    }

    private static string Folder(string? data, bool ephemeral)
    {
        if (data is not null)
            return Path.GetFullPath(data);
        if (ephemeral)
            return Directory.CreateTempSubdirectory("aitbc-").FullName;
        return DefaultFolder();
    }

    /// <summary>Where a network's data are if nobody says.</summary>
    public static string DefaultFolder() =>
        Environment.GetEnvironmentVariable("AITBC_DATA") is { Length: > 0 } set
            ? Path.GetFullPath(set)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".aitbc", "devnet");
}

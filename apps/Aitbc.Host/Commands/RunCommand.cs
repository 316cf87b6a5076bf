using System.CommandLine;
using Aitbc.Host.Errors;
using Aitbc.Host.Roles;

namespace Aitbc.Host.Commands;

/// <summary><c>aitbcd run ROLE --config FILE</c>: one role in this process.</summary>
internal static class RunCommand
{
    public static Command Create()
    {
        var role = new Argument<string>("role") { Description = $"One of {RoleTable.Names}." };
        role.AcceptOnlyFromAmong([.. RoleTable.All.Select(r => r.Name)]);
        var config = new Option<string>("--config")
        {
            Description = "Its configuration: {\"listen\":\"http://127.0.0.1:PORT\",\"options\":{...}}.",
            Required = true,
        };
        var listen = new Option<Uri?>("--listen")
        {
            Description = "Listen here instead of where the file says.",
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url))
                    return url;
                result.AddError($"'{result.Tokens[0].Value}' is no address.");
                return null;
            },
        };
        var socket = new Option<string?>("--socket")
        {
            Description = "Listen on a Unix socket at this path (mode 0600) instead of on a port.",
        };
        var certificate = new Option<string?>("--tls-cert")
        {
            Description = "PEM file with the certificate and its chain, for a --listen with https.",
        };
        var key = new Option<string?>("--tls-key")
        {
            Description = "PEM file with the certificate's private key; nobody else may read it.",
        };
        var supervised = new Option<bool>("--supervised")
        {
            Description = "End when standard input ends, and leave Ctrl-C to the program that holds it.",
        };
        var command = new Command("run", "Run one role in this process.") 
        {
            role, config, listen, socket, certificate, key, supervised,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(socket) is not null && result.GetValue(listen) is not null)
                result.AddError("--socket and --listen exclude each other.");
            if (result.GetValue(certificate) is null != result.GetValue(key) is null)
                result.AddError("--tls-cert and --tls-key belong together.");
        });
        var flags = new NodeFlags();
        flags.AddTo(command, role);
        command.SetAction(async (parsed, cancel) =>
        {
            var underSupervision = parsed.GetValue(supervised);
            try
            {
                var place = parsed.GetValue(socket) is { } path
                    ? new Uri($"{Listening.Unix}:{Path.GetFullPath(path)}")
                    : parsed.GetValue(listen);
                var tls = parsed.GetValue(certificate) is { } file
                    ? new TlsFiles(file, parsed.GetRequiredValue(key)!)
                    : null;
                var settings = flags.Apply(
                    parsed, RoleSettings.Read(parsed.GetRequiredValue(config), place, tls));
                var definition = RoleTable.Find(parsed.GetRequiredValue(role))!;
                return await RoleRun.RunAsync(definition, settings, underSupervision, cancel);
            }
            catch (StartFailure failure)
            {
                FailureReport.Write(failure, underSupervision);
                return 1;
            }
        });
        return command;
    }
}

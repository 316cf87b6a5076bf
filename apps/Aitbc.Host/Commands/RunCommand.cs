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
        var supervised = new Option<bool>("--supervised")
        {
            Description = "End when standard input ends, and leave Ctrl-C to the program that holds it.",
        };
        var command = new Command("run", "Run one role in this process.") { role, config, supervised };
        var listening = new ListenFlags();
        listening.AddTo(command);
        var flags = new NodeFlags();
        flags.AddTo(command, role);
        command.SetAction(async (parsed, cancel) =>
        {
            var underSupervision = parsed.GetValue(supervised);
            try
            {
                var settings = flags.Apply(parsed, RoleSettings.Read(
                    parsed.GetRequiredValue(config), listening.Place(parsed), listening.Tls(parsed)));
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

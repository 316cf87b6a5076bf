using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Agents;

internal static class AgentCommand
{
    public const string Name = "agent";
    public const string Text = "Agents in the identity registry of the chain (ERC-8004), and their messages.";

    public static CliCommand Create() => new CliCommand(Name, Text, "aitbc agent list").With(
        AgentRegister.Create(), AgentList.Create(), AgentShow.Create(), AgentFeedback.Create(),
        AgentOpenInbox.Create(), AgentSend.Create(), AgentInbox.Create());
}

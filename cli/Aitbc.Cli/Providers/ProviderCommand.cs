using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Providers;

internal static class ProviderCommand
{
    public const string Name = "provider";
    public const string Text = "Who sells what, and how they do.";

    public static CliCommand Create() => new CliCommand(Name, Text, "aitbc provider list").With(
        ProviderList.Create(), ProviderShow.Create(), ProviderReputation.Create(), ProviderStats.Create(),
        ProviderStatus.Create(), ProviderEarnings.Create(), ProviderDoctor.Create(), ProviderPause.Pause(),
        ProviderPause.Resume(), ProviderPause.Drain());
}

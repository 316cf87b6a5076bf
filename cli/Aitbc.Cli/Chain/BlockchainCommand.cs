using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Chain;

internal static class BlockchainCommand
{
    public const string Name = "blockchain";
    public const string Text = "Blocks, transactions and balances of the chain, and who decides them.";

    public static CliCommand Create() => new CliCommand(Name, Text, "aitbc blockchain status").With(
        ChainStatusCommand.Create(),
        ChainBlock.Create(),
        ChainTransaction.Create(),
        ChainBalance.Create(),
        ChainAccounts.Create(),
        ChainTrust.Create(),
        ChainVerify.Create(),
        ChainValidators.Create(),
        ChainPeers.Create(),
        ChainConsensus.Create());
}

using Aitbc.Cli.Shell;

namespace Aitbc.Cli;

/// <summary>The table of contents of the command line.</summary>
internal static class Commands
{
    public static CommandTable Table { get; } = new CommandTable()
        .Add(Demo.DemoCommand.Name, Demo.DemoCommand.Text, Demo.DemoCommand.Create)
        .Add(Up.UpCommand.Name, Up.UpCommand.Text, Up.UpCommand.Create)
        .Add(Status.StatusCommand.Name, Status.StatusCommand.Text, Status.StatusCommand.Create)
        .Add(Jobs.JobCommand.Name, Jobs.JobCommand.Text, Jobs.JobCommand.Create)
        .Add(Jobs.RunCommand.Name, Jobs.RunCommand.Text, Jobs.RunCommand.Create)
        .Add(Chat.ChatCommand.Name, Chat.ChatCommand.Text, Chat.ChatCommand.Create)
        .Add(Proxy.ProxyCommand.Name, Proxy.ProxyCommand.Text, Proxy.ProxyCommand.Create)
        .Add(Jobs.WhyCommand.Name, Jobs.WhyCommand.Text, Jobs.WhyCommand.Create)
        .Add(Market.MarketCommand.Name, Market.MarketCommand.Text, Market.MarketCommand.Create)
        .Add(Receipts.ReceiptCommand.Name, Receipts.ReceiptCommand.Text, Receipts.ReceiptCommand.Create)
        .Add(Serve.ServeCommand.Name, Serve.ServeCommand.Text, Serve.ServeCommand.Create)
        .Add(Providers.ProviderCommand.Name, Providers.ProviderCommand.Text, Providers.ProviderCommand.Create)
        .Add(Agents.AgentCommand.Name, Agents.AgentCommand.Text, Agents.AgentCommand.Create)
        .Add(Wallets.WalletCommand.Name, Wallets.WalletCommand.Text, Wallets.WalletCommand.Create)
        .Add(Budgets.BudgetCommand.Name, Budgets.BudgetCommand.Text, Budgets.BudgetCommand.Create)
        .Add(Pay.PayCommand.Name, Pay.PayCommand.Text, Pay.PayCommand.Create)
        .Add(Chain.BlockchainCommand.Name, Chain.BlockchainCommand.Text, Chain.BlockchainCommand.Create);
}

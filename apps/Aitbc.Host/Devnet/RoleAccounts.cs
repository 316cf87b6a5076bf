using Aitbc.Host.Roles;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Host.Devnet;

/// <summary>The accounts of the network's own roles, with fresh keys in the wallet daemon.</summary>
internal static class RoleAccounts
{
    /// <summary>Label of the account that pays for payments settled for others.</summary>
    public const string Facilitator = "facilitator";

    private const string Validator = "validator";
    private static readonly string[] Labels = [RoleTable.Coordinator, RoleTable.Provider, Facilitator];

    /// <summary>What each has at genesis, in atto-AIT.</summary>
    public static UInt256 Balance { get; } = Amount.FromAit(1_000).Atto;

    /// <summary>Label of the account that gets a validator's fees and acts for it in the registry.</summary>
    public static string ValidatorLabel(int index) => index == 0 ? Validator : $"{Validator}-{index + 1}";

    // A network that was used for long, or whose genesis was made without a wallet, must not stop for want of gas.
    private static UInt256 Enough { get; } = Amount.FromAit(100).Atto;

    /// <summary>Imports the test accounts and makes those of the roles; repeating changes nothing.</summary>
    public static async Task<IReadOnlyDictionary<string, Address>> EnsureAsync(
        WalletClient wallet, int validators, CancellationToken cancel)
    {
        await wallet.ImportMnemonicAsync(TestAccounts.Mnemonic, TestAccounts.Count, TestAccounts.LabelPrefix, cancel);
        var accounts = new Dictionary<string, Address>();
        foreach (var label in Enumerable.Range(0, validators).Select(ValidatorLabel).Concat(Labels))
            accounts[label] = (await wallet.CreateAsync(label, cancel)).Address;
        return accounts;
    }

    /// <summary>Gives those that have nearly nothing some of the last test account's coins.</summary>
    public static async Task TopUpAsync(
        ChainClient chain, WalletClient wallet, IEnumerable<Address> accounts, CancellationToken cancel)
    {
        var sender = new TransactionSender(chain, wallet);
        var giver = TestAccounts.Addresses()[^1];
        foreach (var account in accounts)
        {
            if (await chain.BalanceAsync(account, cancel) >= Enough)
                continue;
            await sender.SendAsync(giver, new CallRequest(account, default, Balance), cancel);
        }
    }
}

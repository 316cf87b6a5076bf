using Aitbc.Primitives;
using Aitbc.Primitives.Keys;

namespace Aitbc.Host.Devnet;

/// <summary>
/// The accounts that every development network funds, as anvil and hardhat do. Their keys are public: they belong to
/// whoever reads this line.
/// </summary>
internal static class TestAccounts
{
    public const string Mnemonic = "test test test test test test test test test test test junk";
    public const string LabelPrefix = "dev";
    public const int Count = 10;

    public static UInt256 Balance { get; } = Amount.FromAit(10_000).Atto;

    /// <summary>Addresses at m/44'/60'/0'/0/0 to 9.</summary>
    public static IReadOnlyList<Address> Addresses()
    {
        var root = HdKey.FromSeed(Primitives.Keys.Mnemonic.ToSeed(Mnemonic, ""));
        return
        [
            .. Enumerable.Range(0, Count).Select(i =>
            {
                using var key = root.Derive($"m/44'/60'/0'/0/{i}");
                return key.Address;
            }),
        ];
    }
}

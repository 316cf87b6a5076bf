using System.Text;
using Aitbc.Sdk.Market;

namespace Aitbc.Wallet.Budgets.Reading;

/// <summary>
/// Messages of EIP-191 move no coins here, but they can sign their account in somewhere: a budget signs the market's
/// own sign-in and nothing else that the owner did not allow.
/// </summary>
internal static class MessageSpend
{
    public static Spend Read(ReadOnlySpan<byte> message) =>
        SignInMessage.TryParse(Encoding.UTF8.GetString(message)) is not null
            ? new Spend("sign-in", default)
            : new Spend("message", default) { IsUnknown = true };
}

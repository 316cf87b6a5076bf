using System.Text.Json;
using Aitbc.Fuzz.Running;
using Aitbc.Fuzz.Seeds;
using Aitbc.Primitives.Transactions;
using Aitbc.Wallet.Budgets.Reading;
using Aitbc.Wallet.Signing;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// What a budget would spend by signing typed data, a transaction's bytes or a message: a spend or a refusal, and what
/// moves coins is never taken for nothing.
/// </summary>
internal sealed class SpendReadingTarget : IFuzzTarget
{
    public string Name => "spend-reading";

    public IReadOnlyList<byte[]> Words => WalletSeeds.Words;

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => WalletSeeds.Spends;

    public Allocation Bound { get; } = new(2 << 20, 20_000);

    public void Run(byte[] input)
    {
        MessageSpend.Read(input);
        if (TransactionCodec.TryDecode(input, out var transaction, out _))
        {
            var spend = TransactionSpend.Read(transaction, FuzzWallet.Account);
            if (spend.Amount < transaction.Value)
                throw new FuzzFailure($"{spend.Amount} are counted, and {transaction.Value} are sent along.");
        }

        if (Parse(input) is not { } json)
            return;
        var task = SigningTasks.TypedData(FuzzWallet.Account, json, null);
        if (task.Value?.Read() is { IsUnknown: false } read && read.Kind == "authorization"
            && read.Amount.ToString() != json.GetProperty("message").GetProperty("value").ToString()
            && !json.GetProperty("message").GetProperty("value").ToString().StartsWith('0'))
            throw new FuzzFailure($"{read.Amount} are counted of what authorizes another amount.");
    }

    private static JsonElement? Parse(byte[] input)
    {
        try
        {
            using var document = JsonDocument.Parse(
                input, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

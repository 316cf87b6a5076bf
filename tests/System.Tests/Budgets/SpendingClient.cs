using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Wallet;

namespace System.Tests.Budgets;

/// <summary>
/// An agent that spends until it is refused. Under one key it asks until it is answered, whatever happens to the
/// daemon, so that it knows of every signature that was made for it.
/// </summary>
internal sealed class SpendingClient(Uri url, string token, Address account, string name) : IDisposable
{
    public const ulong Fee = 21_000;
    private static readonly Address Payee = Address.Parse("0x000000000000000000000000000000000000dEaD");
    private readonly HttpClient http = new() { BaseAddress = url };

    /// <summary>The signed transactions it was given.</summary>
    public List<SignedTransaction> Signed { get; } = [];

    public int Refused { get; private set; }

    public int Lost { get; private set; }

    /// <summary>One spend; afterwards it is signed or refused for good.</summary>
    public async Task SpendAsync(ulong nonce, ulong value)
    {
        var transaction = new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = 7777UL,
            Nonce = nonce,
            MaxFeePerGas = UInt256.One,
            MaxPriorityFeePerGas = UInt256.One,
            GasLimit = Fee,
            To = Payee,
            Value = value,
            Data = default,
            AccessList = [],
        };
        var body = JsonSerializer.Serialize(
            new SignTransactionRequest(account, UnsignedTransaction.From(transaction)),
            WalletJson.Default.SignTransactionRequest);
        for (var attempt = 0; ;)
        {
            var (status, text) = await AskAsync(body, $"{name}-{nonce}-{attempt}");
            if (status == 200)
            {
                Signed.Add(JsonSerializer.Deserialize(text, WalletJson.Default.SignedTransaction)!);
                return;
            }

            var code = status == 0 ? "unreachable" : Code(text);
            if (code == "budget_exceeded")
            {
                Refused++;
                return;
            }

            // Counted and not signed when the daemon died: that line is released, and another key asks anew.
            if (code == "conflict")
            {
                Lost++;
                attempt++;
            }
            else if (code is not ("unreachable" or "in_progress"))
            {
                throw new InvalidOperationException($"Refused otherwise: {text}");
            }
        }
    }

    public void Dispose() => http.Dispose();

    private async Task<(int Status, string Body)> AskAsync(string body, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/sign/transaction");
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Add("Idempotency-Key", key);
        try
        {
            using var response = await http.SendAsync(request);
            return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            await Task.Delay(20);
            return (0, "");
        }
    }

    private static string Code(string problem)
    {
        using var document = JsonDocument.Parse(problem);
        return document.RootElement.GetProperty("code").GetString()!;
    }
}

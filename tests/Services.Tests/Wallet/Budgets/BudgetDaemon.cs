using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Transactions;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Reconciling;
using Xunit;

namespace Services.Tests.Wallet.Budgets;

/// <summary>A wallet with one account, and short ways to make budgets and to ask for signatures under them.</summary>
internal sealed class BudgetDaemon : IAsyncDisposable
{
    public static readonly Address Payee = Address.Parse("0x000000000000000000000000000000000000dEaD");
    public static readonly Address Other = Address.Parse("0x000000000000000000000000000000000000bEEF");

    // 21,000 gas at 1 atto: every transfer costs its value and this.
    public const ulong Fee = 21_000;

    private BudgetDaemon(WalletDaemon wallet, Address account)
    {
        Wallet = wallet;
        Account = account;
    }

    public WalletDaemon Wallet { get; }

    public Address Account { get; }

    public static async Task<BudgetDaemon> StartAsync(
        TemporaryFolder folder, Uri? node = null, TimeProvider? time = null)
    {
        // A pass is made when a test asks for one.
        var options = WalletDaemon.OptionsIn(folder) with
        {
            NodeUrl = node,
            ReconcileInterval = TimeSpan.FromDays(1),
        };
        var wallet = await WalletDaemon.StartAsync(options, time);
        return new BudgetDaemon(wallet, (await wallet.Client.CreateAsync("payer")).Address);
    }

    /// <summary>Another daemon on the same data.</summary>
    public static async Task<BudgetDaemon> ReopenAsync(TemporaryFolder folder)
    {
        var wallet = await WalletDaemon.StartAsync(WalletDaemon.OptionsIn(folder));
        var accounts = await wallet.Client.AccountsAsync(TestContext.Current.CancellationToken);
        return new BudgetDaemon(wallet, accounts[0].Address);
    }

    /// <summary>The same short ways into a wallet that runs already.</summary>
    public static BudgetDaemon Over(WalletDaemon wallet, Address account) => new(wallet, account);

    public async Task<CreatedBudget> CreateAsync(
        string label, BudgetLimits limits, string? parent = null, string token = "")
    {
        var request = new CreateBudgetRequest(label, limits, parent is null && token == "" ? Account : null, parent);
        var answer = await PostAsync(
            "v1/budgets", JsonSerializer.Serialize(request, WalletJson.Default.CreateBudgetRequest), token);
        Assert.True(answer.Status == 201, answer.Body);
        return JsonSerializer.Deserialize(answer.Body, WalletJson.Default.CreatedBudget)!;
    }

    public async Task<BudgetInfo> ShowAsync(string id)
    {
        var answer = await Wallet.RawAsync(HttpMethod.Get, "v1/budgets/" + id);
        return JsonSerializer.Deserialize(answer.Body, WalletJson.Default.BudgetInfo)!;
    }

    public Task ReconcileAsync() => Wallet.Service<Reconciler>().PassAsync(TestContext.Current.CancellationToken);

    public string HashOf(string answer) =>
        JsonSerializer.Deserialize(answer, WalletJson.Default.SignedTransaction)!.Hash.ToHex();

    public static Transaction Transfer(UInt256 value, ulong nonce = 0, Address? to = null, byte[]? data = null) => new()
    {
        Type = TransactionType.DynamicFee,
        ChainId = 7777UL,
        Nonce = nonce,
        MaxFeePerGas = UInt256.One,
        MaxPriorityFeePerGas = UInt256.One,
        GasLimit = Fee,
        To = to ?? Payee,
        Value = value,
        Data = data ?? [],
    };

    public Task<(int Status, string Code, string Body)> SignAsync(
        string token, Transaction transaction, string? key = null, SpendPurpose? purpose = null) => PostAsync(
            "v1/sign/transaction",
            JsonSerializer.Serialize(
                new SignTransactionRequest(Account, UnsignedTransaction.From(transaction), purpose),
                WalletJson.Default.SignTransactionRequest),
            token,
            key);

    public async Task<(int Status, string Code, string Body)> PostAsync(
        string path, string body, string token = "", string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path);
        request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        request.Headers.Authorization =
            new AuthenticationHeaderValue("Bearer", token.Length == 0 ? Wallet.Token : token);
        if (key is not null)
            request.Headers.Add("Idempotency-Key", key);
        using var response = await Wallet.Http.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        var code = "";
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
        {
            using var problem = JsonDocument.Parse(text);
            code = problem.RootElement.GetProperty("code").GetString()!;
        }

        return ((int)response.StatusCode, code, text);
    }

    public ValueTask DisposeAsync() => Wallet.DisposeAsync();
}

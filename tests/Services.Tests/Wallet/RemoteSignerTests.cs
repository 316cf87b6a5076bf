using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.Transactions;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet;
using Services.Tests.Chain;
using Services.Tests.Wallet.Budgets;
using Services.Tests.Wallet.Payments;
using Xunit;

namespace Services.Tests.Wallet;

/// <summary>
/// Accounts whose keys are elsewhere. The signer is a second wallet daemon of ours in front of a real node, and one
/// that lies in every way it can.
/// </summary>
public sealed class RemoteSignerTests : IDisposable
{
    private const string Typed = """
        {"types":{"EIP712Domain":[{"name":"name","type":"string"}],"Note":[{"name":"text","type":"string"}]},
        "primaryType":"Note","domain":{"name":"test"},"message":{"text":"hello"}}
        """;

    private readonly TemporaryFolder folder = new();
    private readonly TemporaryFolder secrets = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        folder.Dispose();
        secrets.Dispose();
    }

    [Fact]
    public async Task An_account_of_another_wallet_signs_transactions_messages_and_typed_data_under_a_budget_here()
    {
        await using var world = await PayWorld.StartAsync();
        await using var wallet = await StartAsync(
            new Uri(world.Wallet.Http.BaseAddress!, "rpc"), TokenFile(world.Wallet.Token), world.NodeHttp.BaseAddress);
        var signer = Assert.Single(await wallet.Client.SignersAsync(Cancel));
        Assert.Contains(world.Account, signer.Accounts);
        var account = await wallet.Client.TakeInAsync(
            new RemoteAccountRequest("far", world.Account, "cold"), Cancel);
        Assert.Equal(("remote", "far"), (account.Source, account.Path));
        Assert.Equal(account, await wallet.Client.TakeInAsync(
            new RemoteAccountRequest("far", world.Account, "cold"), Cancel));

        var message = await wallet.Client.SignMessageAsync(world.Account, "hello"u8.ToArray(), Cancel);
        Assert.True(Secp256k1.TryRecover(Eip191.HashMessage("hello"u8), message, out var author));
        Assert.Equal(world.Account, author);
        using var typed = JsonDocument.Parse(Typed);
        var typedBy = await wallet.Client.SignTypedDataAsync(world.Account, typed.RootElement, Cancel);
        Assert.True(Secp256k1.TryRecover(Eip712.HashTypedData(typed.RootElement), typedBy, out author));
        Assert.Equal(world.Account, author);

        // All three types of transactions, and what the budget counts is what it would count for a key of its own.
        var here = BudgetDaemon.Over(wallet, world.Account);
        var budget = await here.CreateAsync("agent", new BudgetLimits { Amount = 1_000_000 });
        foreach (var type in Enum.GetValues<TransactionType>())
        {
            var asked = (BudgetDaemon.Transfer(100, (ulong)type) with { Type = type });
            var answer = await here.SignAsync(budget.Token, asked, $"key{type}");
            Assert.True(answer.Status == 200, answer.Body);
        }

        Assert.Equal((UInt256)(3 * (100 + BudgetDaemon.Fee)), (await here.ShowAsync(budget.Budget.Id)).Spent);
        Assert.Equal(
            "budget_exceeded", (await here.SignAsync(budget.Token, BudgetDaemon.Transfer(950_000, 9), "more")).Code);
        var hash = await here.PostAsync("rpc", Rpc("eth_sendTransaction", new JsonObject
        {
            ["from"] = world.Account.ToString(),
            ["to"] = BudgetDaemon.Payee.ToString(),
            ["value"] = "0x64",
        }));
        Assert.NotNull(await world.Chain.WaitReceiptAsync(
            Hash256.Parse(JsonNode.Parse(hash.Body)!["result"]!.GetValue<string>()), TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task What_needs_a_key_of_its_own_says_so_and_a_restart_without_the_signer_too()
    {
        await using var far = await FarAsync();
        var address = far.Account;
        await using (var wallet = await StartAsync(far.Url, null))
        {
            await wallet.Client.TakeInAsync(new RemoteAccountRequest("far", address, "cold"), Cancel);
            Assert.DoesNotContain(wallet.Log.Lines, l => l.Contains("damaged"));
            var request = new ExportRequest(
                address,
                await File.ReadAllTextAsync(folder.File("wallet.password"), Cancel),
                $"export {address}",
                "of the file");
            Assert.Equal("signer_cannot", await CodeAsync(() => wallet.Client.ExportAsync(request, Cancel)));
            await wallet.Client.LockAsync(Cancel);
            Assert.Equal("wallet_locked", await CodeAsync(() =>
                wallet.Client.SignMessageAsync(address, "x"u8.ToArray(), Cancel)));
            Assert.DoesNotContain(far.Node.Calls, c => c.Method == "personal_sign");
            Assert.Equal("conflict", await CodeAsync(() => wallet.Client.TakeInAsync(
                new RemoteAccountRequest("far", address, "another"), Cancel)));
            Assert.Equal("signer_unknown", await CodeAsync(() => wallet.Client.TakeInAsync(
                new RemoteAccountRequest("near", address, "x"), Cancel)));
            Assert.Equal("account_not_found", await CodeAsync(() => wallet.Client.TakeInAsync(
                new RemoteAccountRequest("far", BudgetDaemon.Payee, "x"), Cancel)));
        }

        await using var without = await WalletDaemon.StartAsync(folder);
        Assert.DoesNotContain(without.Log.Lines, l => l.Contains("damaged"));
        Assert.Equal("signer_unknown", await CodeAsync(() =>
            without.Client.SignMessageAsync(address, "x"u8.ToArray(), Cancel)));
    }

    [Fact]
    public async Task Whatever_a_signer_answers_that_was_not_asked_for_is_refused_and_counts_nothing()
    {
        await using var far = await FarAsync();
        await using var wallet = await StartAsync(far.Url, null);
        await wallet.Client.TakeInAsync(new RemoteAccountRequest("far", far.Account, "cold"), Cancel);
        var here = BudgetDaemon.Over(wallet, far.Account);
        var budget = await here.CreateAsync("agent", new BudgetLimits { Amount = 1_000_000 });
        var asked = BudgetDaemon.Transfer(100);
        using var other = PrivateKey.FromBytes([.. Enumerable.Repeat((byte)9, 32)]);
        string[] lies =
        [
            "null", "1", "{}", "\"\"", "\"0x\"", "\"0x00\"", "{\"raw\":1}",
            Quoted((asked with { Value = 101 }).Sign(far.Key)),
            Quoted((asked with { To = BudgetDaemon.Other }).Sign(far.Key)),
            Quoted((asked with { ChainId = 1UL }).Sign(far.Key)),
            Quoted(asked.Sign(other)),
        ];
        foreach (var (lie, i) in lies.Select((l, i) => (l, i)))
        {
            far.Node.On("eth_signTransaction", lie);
            var answer = await here.SignAsync(budget.Token, asked, $"lie{i}");
            Assert.Equal((502, "signer_lied"), (answer.Status, answer.Code));
        }

        far.Node.On("personal_sign", $"\"{Hex.ToHex(other.Sign(Eip191.HashMessage("x"u8)).ToBytes65())}\"");
        Assert.Equal("signer_lied", await CodeAsync(() =>
            wallet.Client.SignMessageAsync(far.Account, "x"u8.ToArray(), Cancel)));
        far.Node.On("personal_sign", $"\"{Hex.ToHex(far.Key.Sign(Eip191.HashMessage("y"u8)).ToBytes65())}\"");
        Assert.Equal("signer_lied", await CodeAsync(() =>
            wallet.Client.SignMessageAsync(far.Account, "x"u8.ToArray(), Cancel)));
        Assert.Equal(UInt256.Zero, (await here.ShowAsync(budget.Budget.Id)).Spent);

        // The truth is taken, as a text and in an object, and with the parity as hardware answers it.
        var signed = asked.Sign(far.Key);
        far.Node.On("eth_signTransaction", $"{{\"raw\":{Quoted(signed)},\"tx\":{{}}}}");
        Assert.Equal(200, (await here.SignAsync(budget.Token, asked, "true")).Status);
        var bytes = far.Key.Sign(Eip191.HashMessage("x"u8)).ToBytes65();
        bytes[64] -= 27;
        far.Node.On("personal_sign", $"\"{Hex.ToHex(bytes)}\"");
        await wallet.Client.SignMessageAsync(far.Account, "x"u8.ToArray(), Cancel);
    }

    [Fact]
    public async Task A_signer_that_is_silent_gone_or_refuses_is_told_apart_and_counts_nothing()
    {
        var far = await FarAsync();
        await using var wallet = await StartAsync(far.Url, null, timeout: TimeSpan.FromMilliseconds(300));
        await wallet.Client.TakeInAsync(new RemoteAccountRequest("far", far.Account, "cold"), Cancel);
        var here = BudgetDaemon.Over(wallet, far.Account);
        var budget = await here.CreateAsync("agent", new BudgetLimits { Amount = 1_000_000 });

        far.Node.On("eth_signTransaction", _ => throw ScriptedNode.Error(4001, "the owner pressed no\n\u001b[31m"));
        var refused = await here.SignAsync(budget.Token, BudgetDaemon.Transfer(1), "a");
        Assert.Equal((403, "signer_refused"), (refused.Status, refused.Code));
        Assert.DoesNotContain("\\u001b", refused.Body, StringComparison.OrdinalIgnoreCase);
        far.Node.On("eth_signTransaction", _ => throw ScriptedNode.Error(-32601, "no such method"));
        Assert.Equal("signer_cannot", (await here.SignAsync(budget.Token, BudgetDaemon.Transfer(1), "b")).Code);
        using (var never = new SemaphoreSlim(0))
        {
            far.Node.On("eth_signTransaction", _ => never.Wait(TimeSpan.FromSeconds(3), Cancel) ? "1" : "2");
            var silent = await here.SignAsync(budget.Token, BudgetDaemon.Transfer(1), "c");
            Assert.Equal((503, "signer_unavailable"), (silent.Status, silent.Code));
            never.Release();
        }

        await far.DisposeAsync();
        Assert.Equal("signer_unavailable", (await here.SignAsync(budget.Token, BudgetDaemon.Transfer(1), "d")).Code);
        Assert.NotNull(Assert.Single(await wallet.Client.SignersAsync(Cancel)).Trouble);
        Assert.Equal(UInt256.Zero, (await here.ShowAsync(budget.Budget.Id)).Spent);
    }

    [Theory]
    [InlineData("http://192.0.2.1:8550", "far")]
    [InlineData("https://user:password@example.org", "far")]
    [InlineData("ftp://127.0.0.1", "far")]
    [InlineData("http://127.0.0.1:8550", "far away")]
    public async Task Settings_of_a_signer_that_cannot_work_stop_the_start(string url, string name)
    {
        var refusal = await Assert.ThrowsAsync<WalletStartException>(() => WalletDaemon.StartAsync(
            WalletDaemon.OptionsIn(folder) with
            {
                Signers = [new RemoteSignerOptions { Name = name, Url = new Uri(url) }],
            }));
        Assert.Equal(WalletStartException.SignerInvalid, refusal.Code);
    }

    private static string Quoted(Transaction transaction) => $"\"{Hex.ToHex(transaction.Encode().Span)}\"";

    private static string Rpc(string method, JsonNode parameter) => new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = 1,
        ["method"] = method,
        ["params"] = new JsonArray(parameter),
    }.ToJsonString();

    private static async Task<string> CodeAsync(Func<Task> act) =>
        (await Assert.ThrowsAsync<AitbcException>(act)).Problem.Code;

    private static async Task<FarSigner> FarAsync()
    {
        var node = await ScriptedNode.StartAsync();
        var key = PrivateKey.FromBytes([.. Enumerable.Repeat((byte)7, 32)]);
        node.On("eth_accounts", $"[\"{key.Address}\"]");
        return new FarSigner(node, key);
    }

    private string TokenFile(string token)
    {
        var path = secrets.File("far.token");
        File.WriteAllText(path, token);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }

    private Task<WalletDaemon> StartAsync(
        Uri signer, string? tokenFile, Uri? node = null, TimeSpan? timeout = null) => WalletDaemon.StartAsync(
        WalletDaemon.OptionsIn(folder) with
        {
            NodeUrl = node,
            ReconcileInterval = TimeSpan.FromDays(1),
            Signers =
            [
                new RemoteSignerOptions
                {
                    Name = "far",
                    Url = signer,
                    TokenFile = tokenFile,
                    Timeout = timeout ?? TimeSpan.FromSeconds(20),
                },
            ],
        });

    private sealed record FarSigner(ScriptedNode Node, PrivateKey Key) : IAsyncDisposable
    {
        public Address Account => Key.Address;

        public Uri Url => Node.Http.BaseAddress!;

        public async ValueTask DisposeAsync()
        {
            Key.Dispose();
            await Node.DisposeAsync();
        }
    }
}

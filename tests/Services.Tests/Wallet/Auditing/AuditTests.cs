using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Microsoft.Data.Sqlite;
using Services.Tests.Wallet.Budgets;
using Services.Tests.Wallet.Payments;
using Xunit;

namespace Services.Tests.Wallet.Auditing;

/// <summary>The log replays to its totals, and whoever changes a row of it is found out.</summary>
public sealed class AuditTests
{
    private const ulong Fee = BudgetDaemon.Fee;
    private const ulong Large = 1_000_000_000_000_000;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_log_of_everything_that_can_be_signed_agrees_with_its_totals_its_seals_and_the_chain()
    {
        await using var world = await PayWorld.StartAsync();
        await LiveAsync(world);
        await world.ReconcileAsync();

        var audit = await world.Wallet.Client.Budgets.AuditAsync(cancel: Cancel);

        Assert.True(audit.Found == 0, string.Join("; ", audit.Differences));
        Assert.Equal((8L, 7L), (audit.Lines, audit.Signatures));
        Assert.True(audit.OnChain >= 2, $"{audit.OnChain} on the chain");
        Assert.StartsWith("7:", audit.Head!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_settled_line_that_is_called_released_is_found_on_the_chain_even_with_all_totals_changed()
    {
        await using var world = await PayWorld.StartAsync();
        var budget = await world.BudgetAsync(100_000);
        using (var client = world.Client(budget))
        using (await client.GetAsync("exact", Cancel))
            await world.ReconcileAsync();
        Execute(world, "UPDATE spends SET State = 'released', Amount = zeroblob(32)");
        Execute(world, "UPDATE totals SET Sum = zeroblob(32)");

        var audit = await world.Wallet.Client.Budgets.AuditAsync(cancel: Cancel);

        Assert.Contains("the chain shows settled and 1000", Assert.Single(audit.Differences).What);
    }

    [Theory]
    [InlineData("UPDATE spends SET Amount = zeroblob(32) WHERE Id = 2", "it counts 0 and can take 21002")]
    [InlineData("UPDATE totals SET Sum = zeroblob(32) WHERE Bucket = 'p:0'", "its total p:0 is 0")]
    [InlineData("DELETE FROM totals WHERE Bucket = 'p:0'", "its total p:0 is missing")]
    [InlineData("DELETE FROM spends WHERE Id = 2", "the signed lines 2 to 2 are missing")]
    [InlineData("UPDATE spends SET Class = 'model/other' WHERE Id = 2", "its seal 2 does not fit")]
    [InlineData("UPDATE spends SET State = 'released', Amount = zeroblob(32) WHERE Id = 2", "add up to 42004")]
    [InlineData("UPDATE spends SET Answer = NULL WHERE Id = 2", "it is signed and holds no signature")]
    [InlineData("UPDATE spends SET Kind = 'voucher' WHERE Id = 2", "it is called voucher, and a transfer was signed")]
    [InlineData("UPDATE spends SET Payee = zeroblob(20) WHERE Id = 2", "it names another payee than was signed")]
    [InlineData("UPDATE spends SET SealNumber = NULL, Seal = NULL WHERE Id = 3", "its signature is not sealed")]
    [InlineData("UPDATE spends SET Seal = zeroblob(32) WHERE Id = 1", "its seal 2 does not fit")]
    [InlineData(
        "UPDATE spends SET (Answer, TransactionHash) = (SELECT Answer, TransactionHash FROM spends WHERE Id = 1) "
        + "WHERE Id = 2",
        "its seal 2 does not fit")]
    [InlineData("UPDATE budgets SET Amount = zeroblob(32)", "and its amount is 0")]
    public async Task A_row_that_was_changed_is_said(string sql, string what)
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        await SpendThriceAsync(daemon);
        var before = await daemon.Wallet.Client.Budgets.AuditAsync(cancel: Cancel);
        Assert.Equal((3L, 0, null), (before.Signatures, before.Found, before.OnChain));

        folder.Execute("PRAGMA foreign_keys = OFF;" + sql);

        var audit = await daemon.Wallet.Client.Budgets.AuditAsync(cancel: Cancel);
        Assert.Contains(audit.Differences, d => d.What.Contains(what, StringComparison.Ordinal));
        Assert.Equal(audit.Found, audit.Differences.Count);
    }

    [Fact]
    public async Task Lines_that_were_cut_off_the_end_are_missed_by_who_wrote_the_newest_down()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        await SpendThriceAsync(daemon);
        var head = (await daemon.Wallet.Client.Budgets.AuditAsync(cancel: Cancel)).Head;
        Assert.Equal(0, (await daemon.Wallet.Client.Budgets.AuditAsync(head, Cancel)).Found);
        folder.Execute("DELETE FROM spends WHERE Id = 3");
        folder.Execute("UPDATE totals SET Sum = (SELECT Amount FROM spends WHERE Id = 1)");
        folder.Execute("DELETE FROM spends WHERE Id = 2");

        var unaware = await daemon.Wallet.Client.Budgets.AuditAsync(cancel: Cancel);
        var aware = await daemon.Wallet.Client.Budgets.AuditAsync(head, Cancel);

        Assert.Equal(0, unaware.Found);
        Assert.Equal($"the log does not hold {head}, which it held once", Assert.Single(aware.Differences).What);
    }

    [Fact]
    public async Task Only_the_owner_of_an_open_wallet_audits()
    {
        using var folder = new TemporaryFolder();
        await using var daemon = await BudgetDaemon.StartAsync(folder);
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 10 * Fee });
        await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(1UL));
        Assert.Equal("forbidden", await daemon.Wallet.ProblemCodeAsync(
            403, HttpMethod.Get, "v1/audit", token: budget.Token));
        Assert.Equal("invalid_request", await daemon.Wallet.ProblemCodeAsync(
            400, HttpMethod.Get, "v1/audit?head=" + new string('1', 101)));
        await daemon.Wallet.Client.LockAsync(Cancel);
        Assert.Equal("wallet_locked", await daemon.Wallet.ProblemCodeAsync(423, HttpMethod.Get, "v1/audit"));
    }

    private static async Task SpendThriceAsync(BudgetDaemon daemon)
    {
        var budget = await daemon.CreateAsync("agent", new BudgetLimits { Amount = 10 * Fee });
        for (var i = 0UL; i < 3; i++)
            Assert.Equal(200, (await daemon.SignAsync(budget.Token, BudgetDaemon.Transfer(i + 1, i))).Status);
    }

    // A transfer, an authorization, a sign-in, a deposit with its voucher, a voucher, an exact payment and a refund are
    // signed; one spend waits for the owner.
    private static async Task LiveAsync(PayWorld world)
    {
        var whole = await world.BudgetAsync(
            100 * Large, "whole", new BudgetLimits { Amount = 1, RatePerMinute = 100, ApproveAbove = Large });
        var part = await world.Wallet.Client.Budgets.CreateAsync(
            new CreateBudgetRequest("part", new BudgetLimits { Amount = 50 * Large }, Parent: whole.Budget.Id), Cancel);
        var agent = new WalletClient(world.Wallet.Http, part.Token);
        var sender = new TransactionSender(world.Chain, agent);
        await sender.SendAsync(world.Account, new CallRequest(BudgetDaemon.Payee, default, 5UL), Cancel);
        await agent.SignTypedDataAsync(world.Account, Authorization(world.Account), Cancel);
        await agent.SignMessageAsync(world.Account, Encoding.UTF8.GetBytes(SignIn(world.Account)), Cancel);
        using var client = world.Client(part, new X402HandlerOptions
        {
            MaxAmount = 1_000,
            Purpose = new SpendPurpose(Keccak256.Hash("job"u8), "wasm"),
        });
        foreach (var path in new[] { "metered", "metered", "exact" })
        {
            using var served = await client.GetAsync(path, Cancel);
            Assert.Equal(System.Net.HttpStatusCode.OK, served.StatusCode);
        }

        using (var refund = new HttpRequestMessage(HttpMethod.Get, "metered"))
        {
            refund.Options.Set(X402Request.Refund, true);
            using var served = await client.SendAsync(refund, Cancel);
        }

        world.Shop.Price = Large + 1;
        using var careless = world.Client(part, new X402HandlerOptions { MaxAmount = Large + 1 });
        var refused = await Assert.ThrowsAsync<AitbcException>(() => careless.GetAsync("exact", Cancel));
        Assert.Equal("approval_required", refused.Problem.Code);
    }

    private static string SignIn(Address account) => new SignInMessage
    {
        Domain = "127.0.0.1:8000",
        Address = account,
        Uri = "http://127.0.0.1:8000",
        ChainId = 7777,
        Nonce = "abcdefgh1234",
        IssuedAt = DateTimeOffset.FromUnixTimeSeconds(1_790_000_000),
        ExpiresAt = DateTimeOffset.FromUnixTimeSeconds(1_790_000_600),
    }.ToString();

    private static JsonElement Authorization(Address from) => JsonDocument.Parse($$"""
        {"types":{"TransferWithAuthorization":[{"name":"from","type":"address"},{"name":"to","type":"address"},
          {"name":"value","type":"uint256"},{"name":"validAfter","type":"uint256"},
          {"name":"validBefore","type":"uint256"},{"name":"nonce","type":"bytes32"}]},
         "primaryType":"TransferWithAuthorization",
         "domain":{"name":"AIT","version":"1","chainId":7777,
          "verifyingContract":"0x0000000000000000000000000000000000001001"},
         "message":{"from":"{{from}}","to":"{{BudgetDaemon.Payee}}","value":"70","validAfter":"0",
          "validBefore":"4000000000","nonce":"0x{{new string('7', 64)}}"}
        }
        """).RootElement.Clone();

    private static void Execute(PayWorld world, string sql)
    {
        using var connection = new SqliteConnection(
            $"Data Source={Path.Combine(world.Options.DataDirectory, "wallet.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}

using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Messages;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Storage;
using Microsoft.Extensions.Time.Testing;
using Services.Tests.Wallet;
using Xunit;

namespace Services.Tests.Messages;

/// <summary>The wallet's side of messages: whose key is used, and by whom.</summary>
public sealed class WalletMessageTests
{
    private const ulong Chain = 7777;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_key_of_an_account_is_the_same_after_a_restart_and_another_for_each_account_and_wallet()
    {
        using var folder = new TemporaryFolder();
        using var elsewhere = new TemporaryFolder();
        Hash256 key;
        Address account;
        await using (var daemon = await WalletDaemon.StartAsync(folder))
        {
            account = (await daemon.Client.ImportPrivateKeyAsync("0x" + new string('1', 64), "a", Cancel)).Address;
            key = await daemon.Client.Messages.KeyAsync(account, Cancel);
            var second = await daemon.Client.CreateAsync("b", Cancel);
            Assert.NotEqual(key, await daemon.Client.Messages.KeyAsync(second.Address, Cancel));
        }

        await using var again = await WalletDaemon.StartAsync(folder);
        Assert.Equal(key, await again.Client.Messages.KeyAsync(account, Cancel));
        await using var other = await WalletDaemon.StartAsync(elsewhere);
        await other.Client.ImportPrivateKeyAsync("0x" + new string('1', 64), "a", Cancel);
        Assert.NotEqual(key, await other.Client.Messages.KeyAsync(account, Cancel));
    }

    [Fact]
    public async Task An_agent_uses_the_key_of_its_own_account_and_nothing_once_it_was_revoked()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        await using var daemon = await WalletDaemon.StartAsync(WalletDaemon.OptionsIn(folder), time);
        var own = await daemon.Client.CreateAsync("own", Cancel);
        var other = await daemon.Client.CreateAsync("other", Cancel);
        var made = await daemon.Client.Budgets.CreateAsync(
            new CreateBudgetRequest("agent", new BudgetLimits { Amount = 1, RatePerMinute = 2 }, own.Address), Cancel);
        var agent = new WalletClient(daemon.Http, made.Token);

        var key = await agent.Messages.KeyAsync(own.Address, Cancel);
        var message = await agent.Messages.SealAsync(Letter(own.Address, key), Cancel);
        Assert.Equal(own.Address, message.SignerOf(Chain));
        var opened = await agent.Messages.OpenAsync(new OpenMessageRequest(own.Address, Chain, message), Cancel);
        Assert.Equal("hi"u8.ToArray(), opened.Payload);
        Assert.Equal((own.Address, null), (opened.Signer, opened.OpenedAt));
        var line = Assert.Single(await LinesAsync(daemon, made.Budget.Id));
        Assert.Equal(("market:AgentMessage", "signed"), (line.Kind, line.State));

        Assert.Equal("account_not_allowed", await CodeAsync(() => agent.Messages.KeyAsync(other.Address, Cancel)));
        Assert.Equal(
            "account_not_allowed", await CodeAsync(() => agent.Messages.SealAsync(Letter(other.Address, key), Cancel)));
        var foreign = await daemon.Client.Messages.SealAsync(
            Letter(own.Address, await daemon.Client.Messages.KeyAsync(other.Address, Cancel)), Cancel);
        Assert.Equal("account_not_allowed", await CodeAsync(
            () => agent.Messages.OpenAsync(new OpenMessageRequest(other.Address, Chain, foreign), Cancel)));

        await agent.Messages.SealAsync(Letter(own.Address, key), Cancel);
        Assert.Equal("rate_limited", await CodeAsync(
            () => agent.Messages.SealAsync(Letter(own.Address, key), Cancel)));
        await daemon.Client.Budgets.RevokeAsync(made.Budget.Id, Cancel);
        Assert.Equal("budget_revoked", await CodeAsync(() => agent.Messages.KeyAsync(own.Address, Cancel)));
        Assert.Equal("budget_revoked", await CodeAsync(
            () => agent.Messages.OpenAsync(new OpenMessageRequest(own.Address, Chain, message), Cancel)));
    }

    [Fact]
    public async Task A_locked_wallet_opens_nothing_and_what_is_wrong_with_a_message_has_a_code()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        await using var daemon = await WalletDaemon.StartAsync(WalletDaemon.OptionsIn(folder), time);
        var account = (await daemon.Client.CreateAsync("a", Cancel)).Address;
        var key = await daemon.Client.Messages.KeyAsync(account, Cancel);
        var message = await daemon.Client.Messages.SealAsync(Letter(account, key), Cancel);
        Task<string> Open(AgentMessage changed, ulong chain = Chain) => CodeAsync(
            () => daemon.Client.Messages.OpenAsync(new OpenMessageRequest(account, chain, changed), Cancel));

        Assert.Equal(ProblemCodes.MessageMalformed, await Open(message with { Topic = "NO" }));
        Assert.Equal(ProblemCodes.MessageMalformed, await Open(message with { Signature = "" }));
        Assert.Equal(ProblemCodes.MessageUnreadable, await Open(message with { Topic = "other" }));
        Assert.Equal(ProblemCodes.MessageUnreadable, await Open(message, chain: 1));
        Assert.Equal(ProblemCodes.MessageKeyUnknown, await Open(message with { ReceiverKey = message.SenderKey }));
        Assert.Equal(ProblemCodes.MessageStale, await Open(message with { SentAt = message.SentAt + 301 }));
        Assert.Equal("account_not_found", await CodeAsync(() => daemon.Client.Messages.OpenAsync(
            new OpenMessageRequest(Address.Zero, Chain, message), Cancel)));
        Assert.Equal(ProblemCodes.MessageMalformed, await CodeAsync(() => daemon.Client.Messages.SealAsync(
            Letter(account, key) with { Payload = new byte[AgentMessage.MaxPayload + 1] }, Cancel)));
        Assert.Equal(ProblemCodes.MessageMalformed, await CodeAsync(() => daemon.Client.Messages.SealAsync(
            Letter(account, default), Cancel)));
        await daemon.Client.LockAsync(Cancel);
        Assert.Equal("wallet_locked", await Open(message));
        Assert.Equal("wallet_locked", await CodeAsync(() => daemon.Client.Messages.KeyAsync(account, Cancel)));
    }

    [Fact]
    public async Task What_was_opened_is_known_until_it_is_too_old_to_open()
    {
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));
        await using var daemon = await WalletDaemon.StartAsync(WalletDaemon.OptionsIn(folder), time);
        var account = (await daemon.Client.CreateAsync("a", Cancel)).Address;
        var key = await daemon.Client.Messages.KeyAsync(account, Cancel);
        var message = await daemon.Client.Messages.SealAsync(Letter(account, key), Cancel);
        var request = new OpenMessageRequest(account, Chain, message);
        var openings = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => daemon.Client.Messages.OpenAsync(request, Cancel)));
        Assert.Single(openings, o => o.OpenedAt is null);

        time.Advance(TimeSpan.FromDays(7));
        Assert.Equal(
            time.GetUtcNow() - TimeSpan.FromDays(7),
            (await daemon.Client.Messages.OpenAsync(request, Cancel)).OpenedAt);
        time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));
        Assert.Equal(ProblemCodes.MessageStale, await CodeAsync(
            () => daemon.Client.Messages.OpenAsync(request, Cancel)));
        var housekeeping = daemon.Service<Housekeeping>();
        Assert.Equal(0, await housekeeping.PassAsync(Cancel));
        time.Advance(TimeSpan.FromDays(1));
        await housekeeping.PassAsync(Cancel);
        Assert.Equal(0L, folder.Scalar("SELECT COUNT(*) FROM opened_messages"));
    }

    private static SealMessageRequest Letter(Address account, Hash256 key) => new()
    {
        Account = account,
        ChainId = Chain,
        From = 3,
        To = 5,
        ReceiverKey = key,
        Payload = "hi"u8.ToArray(),
    };

    private static async Task<string> CodeAsync(Func<Task> act) =>
        (await Assert.ThrowsAsync<AitbcException>(act)).Problem.Code;

    private static async Task<IReadOnlyList<SpendEntry>> LinesAsync(WalletDaemon daemon, string budget) =>
        (await daemon.Client.Budgets.SpendsAsync(budget, cancel: Cancel)).Spends;
}

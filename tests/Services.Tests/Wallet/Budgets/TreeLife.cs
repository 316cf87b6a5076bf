using System.Globalization;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Services.Tests.Wallet.Budgets;

/// <summary>One random life: every step is done to the daemon and to the naive tree, and both must agree.</summary>
internal sealed class TreeLife(BudgetDaemon daemon, TreeChain chain, FakeTimeProvider time, string name)
{
    private const ulong Fee = BudgetDaemon.Fee;
    private readonly NaiveTree tree = new();
    private readonly List<Waiting> waiting = [];
    private readonly List<(Ask Ask, string Body)> answered = [];
    private int made;

    /// <summary>The lowest digit says what is done, the others with which numbers.</summary>
    public async Task StepAsync(int step)
    {
        tree.NowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var number = step / 10;
        if (tree.Budgets.Count == 0)
            await MakeAsync(null, number);
        var budget = tree.Budgets[number % tree.Budgets.Count];
        switch (step % 10)
        {
            case 0:
                await MakeAsync(number % 5 == 0 ? null : budget, number / 7);
                break;
            case 1:
                await TopUpAsync(budget, (ulong)(number % 97) * 1_000);
                break;
            case 2 when number % 4 == 0:
                await RevokeAsync(budget);
                break;
            case 3:
                Advance(number);
                break;
            case 4:
                await DecideAsync(number);
                break;
            case 5:
                await SettleAsync(number);
                break;
            default:
                await SpendAsync(budget, number / 11);
                break;
        }

        await AgreeAsync(budget);
    }

    public async Task EndAsync()
    {
        foreach (var budget in tree.Budgets)
            await AgreeAsync(budget);
        if (chain.NextNonce > 0)
            chain.TakeNonces(chain.NextNonce - 1); // what is open ends with this life
        await daemon.ReconcileAsync();
        foreach (var line in tree.Lines.Where(l => l.IsOpen))
            line.Amount = 0;
        foreach (var budget in tree.Budgets)
            await AgreeAsync(budget);
    }

    private async Task AgreeAsync(NaiveBudget budget)
    {
        tree.NowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var shown = await daemon.ShowAsync(budget.Id);
        Assert.Equal(
            (tree.StateOf(budget), (UInt256)tree.SpentOf(budget), (UInt256)tree.LeftOf(budget), (UInt256)budget.Amount),
            (shown.State, shown.Spent, shown.Left, shown.Limits.Amount));
    }

    private async Task MakeAsync(NaiveBudget? parent, int number)
    {
        if (parent is not null && NaiveTree.DepthOf(parent) >= NaiveTree.Deepest)
            return;
        var amount = Fee + ((ulong)(number % 89) * 7_001);
        var expires = number % 6 == 0 ? time.GetUtcNow().AddMinutes(number % 300) : (DateTimeOffset?)null;
        var limits = new BudgetLimits
        {
            Amount = amount,
            Period = (BudgetPeriod)(number % 3),
            PerCall = number % 4 == 1 ? Fee + (ulong)(number % 5_000) : null,
            PerJob = number % 5 == 1 ? 2 * Fee : null,
            ApproveAbove = number % 7 == 1 ? Fee + 700 : null,
            RatePerMinute = number % 8 == 1 ? 2 : null,
            ExpiresAt = expires,
        };
        var request = new CreateBudgetRequest(
            $"{name}-{made++}", limits, parent is null ? daemon.Account : null, parent?.Id);
        var answer = await daemon.PostAsync(
            "v1/budgets", JsonSerializer.Serialize(request, WalletJson.Default.CreateBudgetRequest));
        Assert.Equal(tree.RefusalOfPart(parent, amount), answer.Code);
        if (answer.Status != 201)
            return;
        var created = JsonSerializer.Deserialize(answer.Body, WalletJson.Default.CreatedBudget)!;
        tree.Budgets.Add(new NaiveBudget
        {
            Id = created.Budget.Id,
            Token = created.Token,
            Parent = parent,
            Amount = amount,
            Period = limits.Period,
            PerCall = (ulong?)limits.PerCall,
            PerJob = (ulong?)limits.PerJob,
            ApproveAbove = (ulong?)limits.ApproveAbove,
            Rate = limits.RatePerMinute,
            ExpiresAtMs = expires?.ToUnixTimeMilliseconds(),
        });
    }

    private async Task TopUpAsync(NaiveBudget budget, ulong more)
    {
        var answer = await daemon.PostAsync($"v1/budgets/{budget.Id}/top-up", $"{{\"amount\":\"{more}\"}}");
        Assert.Equal(tree.RefusalOfTopUp(budget, more), answer.Code);
        if (answer.Status == 200)
            budget.Amount += more;
    }

    private async Task RevokeAsync(NaiveBudget budget)
    {
        Assert.Equal(200, (await daemon.PostAsync($"v1/budgets/{budget.Id}/revoke", "{}")).Status);
        budget.IsRevoked = true;
    }

    private void Advance(int number)
    {
        TimeSpan[] jumps = [.. new[] { 7, 31, 60, 1_801, 3_600, 86_399 }.Select(s => TimeSpan.FromSeconds(s))];
        time.Advance(jumps[number % jumps.Length]);
    }

    private Task SpendAsync(NaiveBudget budget, int number) => (number % 6) switch
    {
        0 when answered.Count > 0 => RepeatAsync(answered[number % answered.Count]),
        1 when waiting.Count > 0 => AskAsync(waiting[number % waiting.Count].Ask),
        _ => AskAsync(new Ask(
            budget,
            (ulong)(number % 1_000),
            chain.NextNonce++,
            number % 3 == 0 ? null : number % 4,
            number % 2 == 0 ? string.Create(CultureInfo.InvariantCulture, $"k{number}-{chain.NextNonce}") : null)),
    };

    private async Task AskAsync(Ask ask)
    {
        var asked = waiting.Find(w => w.Ask == ask);
        var answer = await SignAsync(ask);
        var expected = asked is { IsApproved: null or false }
            ? asked.IsApproved is null && tree.NowMs < asked.EndsAtMs ? "approval_required" : "approval_refused"
            : tree.RefusalOf(ask.Budget, ask.Amount, ask.Job, ask.Key is not null, asked is not null);
        Assert.Equal(expected, answer.Code);
        if (answer.Status == 200)
        {
            if (asked is not null)
                waiting.Remove(asked);
            if (ask.Key is not null)
                answered.Add((ask, answer.Body));
            tree.Lines.Add(new NaiveLine(ask.Budget, ask.Amount, ask.Job, tree.NowMs)
            {
                Hash = daemon.HashOf(answer.Body),
                Nonce = ask.Nonce,
                Value = ask.Value,
            });
        }
        else if (asked is null && answer.Code == "approval_required")
        {
            var list = await daemon.Wallet.Client.Budgets.ApprovalsAsync();
            waiting.Add(new Waiting(ask, list[^1].Id, tree.NowMs + (long)TimeSpan.FromHours(1).TotalMilliseconds));
        }
    }

    private async Task RepeatAsync((Ask Ask, string Body) before)
    {
        Assert.Equal((200, "", before.Body), await SignAsync(before.Ask));
        var other = await SignAsync(before.Ask with { Value = before.Ask.Value + 1 });
        Assert.Equal((409, "idempotency_key_reused"), (other.Status, other.Code));
    }

    private async Task DecideAsync(int number)
    {
        if (waiting.Count == 0)
            return;
        var asked = waiting[number % waiting.Count];
        var isYes = number % 3 != 0;
        var answer = await daemon.PostAsync($"v1/approvals/{asked.Line}/{(isYes ? "approve" : "refuse")}", "{}");
        var isOpen = asked.IsApproved is null && tree.NowMs < asked.EndsAtMs;
        Assert.Equal(isOpen ? "" : "conflict", answer.Code);
        if (isOpen)
            asked.IsApproved = isYes;
    }

    // The chain takes a transaction, wholly or only its fee, or other transactions take its nonce.
    private async Task SettleAsync(int number)
    {
        var open = tree.Lines.Where(l => l.IsOpen).ToList();
        if (open.Count == 0)
            return;
        var line = open[number % open.Count];
        var gas = Fee - (ulong)(number % 2_000);
        if (number % 4 == 0)
        {
            chain.TakeNonces(line.Nonce);
        }
        else
        {
            chain.Include(line.Hash, number % 4 != 1, gas);
            (line.Amount, line.IsOpen) = (number % 4 != 1 ? gas + line.Value : gas, false);
        }

        await daemon.ReconcileAsync();
        foreach (var gone in open.Where(l => l.IsOpen && l.Nonce < chain.FinalNonce))
            (gone.Amount, gone.IsOpen) = (0, false);
    }

    private Task<(int Status, string Code, string Body)> SignAsync(Ask ask) => daemon.SignAsync(
        ask.Budget.Token,
        BudgetDaemon.Transfer(ask.Value, ask.Nonce),
        ask.Key,
        ask.Job is { } job ? new SpendPurpose(Keccak256.Hash([(byte)job])) : null);

    private sealed record Ask(NaiveBudget Budget, ulong Value, ulong Nonce, int? Job, string? Key)
    {
        public ulong Amount => Fee + Value;
    }

    private sealed class Waiting(Ask ask, long line, long endsAtMs)
    {
        public Ask Ask { get; } = ask;

        public long Line { get; } = line;

        public long EndsAtMs { get; } = endsAtMs;

        public bool? IsApproved { get; set; }
    }
}

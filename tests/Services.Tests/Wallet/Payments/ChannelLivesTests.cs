using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Aitbc.Wallet.Reconciling;
using CsCheck;
using Services.Tests.Chain;
using Xunit;

namespace Services.Tests.Wallet.Payments;

/// <summary>
/// Random lives of a channel against a naive model of the chain: whatever payer, server and chain do, in any order, no
/// more is outside than the budget counts, and after a look at the chain exactly that is counted.
/// </summary>
public sealed class ChannelLivesTests
{
    private const ulong Amount = 400;

    [Fact]
    public async Task Deposits_vouchers_and_refunds_count_what_is_outside_in_every_order()
    {
        using var folder = new TemporaryFolder();
        await using var node = await ScriptedNode.StartAsync();
        var chain = new ToyChain(node, new ShiftedTime());
        await using var wallet = await WalletDaemon.StartAsync(
            WalletDaemon.OptionsIn(folder) with
            {
                NodeUrl = node.Http.BaseAddress,
                ReconcileInterval = TimeSpan.FromDays(1),
                ChannelInterval = TimeSpan.Zero,
            },
            chain.Time);
        var account = (await wallet.Client.CreateAsync("payer")).Address;
        var number = 0;
        await Gen.Int[0, 999].Array[8, 30].SampleAsync(
            async steps =>
            {
                chain.Clear();
                var budget = await wallet.Client.Budgets.CreateAsync(new CreateBudgetRequest(
                    $"life-{number++}", new BudgetLimits { Amount = Amount }, account));
                var life = new Life(wallet, folder, chain, budget);
                foreach (var step in steps)
                    await life.StepAsync(step);
            },
            iter: 12,
            threads: 1);
    }

    private sealed class Life(
        WalletDaemon wallet, TemporaryFolder folder, ToyChain chain, CreatedBudget budget)
    {
        private readonly PayClient payments = new WalletClient(wallet.Http, budget.Token).Payments;
        private readonly List<(string Nonce, ulong Amount, ulong ValidBefore, bool Landed)> deposits = [];
        private readonly List<ulong> vouchers = [];
        private Payment? open;
        private ulong price;
        private int count;

        public async Task StepAsync(int step)
        {
            switch (step % 10)
            {
                case 0 or 1 or 2:
                    await PayAsync((ulong)(step / 10) + 1);
                    break;
                case 3 or 4:
                    await TellAsync(true, (ulong)(step / 10));
                    break;
                case 5:
                    await TellAsync(false, 0);
                    break;
                case 6:
                    Land();
                    break;
                case 7:
                    chain.Claim(vouchers.Count == 0 ? 0 : Math.Min(vouchers.Max(), (ulong)(step / 10) * 5));
                    break;
                case 8:
                    chain.Refund((ulong)(step / 10));
                    break;
                default:
                    chain.Time.Advance(TimeSpan.FromSeconds(step / 20));
                    chain.Tick();
                    break;
            }

            await HoldsAsync(isLooking: step % 3 != 0);
        }

        private async Task HoldsAsync(bool isLooking)
        {
            Assert.InRange(await SpentAsync(), chain.Outflow + Live(), Amount);
            var signed = deposits.Aggregate(0UL, (sum, d) => sum + d.Amount);
            Assert.All(vouchers, v => Assert.InRange(v, 0UL, signed));
            if (!isLooking)
                return;
            if (vouchers.Count > 0)
                await wallet.Service<ChannelWatch>().LookAsync(Row(), TestContext.Current.CancellationToken);
            Assert.Equal(chain.Outflow + Live(), await SpentAsync());
        }

        // The newest: each life opens one channel, and its own is the last.
        private long Row() => (long)folder.Scalar("SELECT MAX(Id) FROM channels")!;

        private ulong Live() => deposits.Where(d => !d.Landed && d.ValidBefore > chain.HeadSeconds)
            .Aggregate(0UL, (sum, d) => sum + d.Amount);

        private async Task<ulong> SpentAsync() =>
            (ulong)(await wallet.Client.Budgets.ShowAsync(budget.Budget.Id)).Spent;

        private async Task PayAsync(ulong asked)
        {
            try
            {
                open = await payments.PayAsync(
                    new PayRequest(Required(asked), "GET", "http://x/", asked),
                    (count++).ToString(CultureInfo.InvariantCulture));
                price = asked;
            }
            catch (AitbcException e) when (e.Problem.Code is "budget_exceeded" or "channel_busy"
                or "deposit_too_large")
            {
                return;
            }

            var payload = JsonNode.Parse(Convert.FromBase64String(open.Header))!["payload"]!;
            vouchers.Add(ulong.Parse((string)payload["voucher"]!["maxClaimableAmount"]!));
            if (payload["deposit"] is not { } deposit)
                return;
            var a = deposit["authorization"]!["erc3009Authorization"]!;
            var channel = Hash256.Parse((string)payload["voucher"]!["channelId"]!);
            var nonce = ChannelMessages.DepositNonce(channel, Hash256.Parse((string)a["salt"]!)).ToHex();
            if (deposits.All(d => d.Nonce != nonce))
            {
                deposits.Add((
                    nonce,
                    ulong.Parse((string)deposit["amount"]!),
                    ulong.Parse((string)a["validBefore"]!),
                    false));
            }
        }

        private async Task TellAsync(bool isTaken, ulong charge)
        {
            if (open is null)
                return;
            var response = new JsonObject
            {
                ["success"] = isTaken,
                ["transaction"] = "",
                ["network"] = "eip155:7777",
                ["extra"] = new JsonObject { ["chargedAmount"] = Math.Min(charge, price).ToString() },
            };
            await payments.ResultAsync(open.Id, new PaymentResultRequest(isTaken ? 200 : 402, Base64(response)));
            open = null;
        }

        private void Land()
        {
            for (var i = 0; i < deposits.Count; i++)
            {
                var d = deposits[i];
                if (!d.Landed)
                    deposits[i] = d with { Landed = chain.Land(d.Nonce, d.Amount, d.ValidBefore) };
            }
        }

        private string Required(ulong asked) => Base64(new JsonObject
        {
            ["x402Version"] = 2,
            ["accepts"] = new JsonArray(new JsonObject
            {
                ["scheme"] = "batch-settlement",
                ["network"] = "eip155:7777",
                ["amount"] = asked.ToString(),
                ["asset"] = "0x0000000000000000000000000000000000001001",
                ["payTo"] = "0x000000000000000000000000000000000000c0fe",
                ["maxTimeoutSeconds"] = 30,
                ["extra"] = new JsonObject
                {
                    ["name"] = "AIT",
                    ["version"] = "1",
                    ["withdrawDelay"] = 900,
                    ["receiverAuthorizer"] = "0x000000000000000000000000000000000000bEEF",
                },
            }),
        });

        private static string Base64(JsonObject json) =>
            Convert.ToBase64String(Encoding.UTF8.GetBytes(json.ToJsonString()));
    }
}

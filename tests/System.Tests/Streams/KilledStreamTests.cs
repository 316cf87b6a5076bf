using System.Tests.Devnet;
using System.Tests.Processes;
using System.Text;
using System.Text.Json;
using Aitbc.Cli.Network;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;
using Xunit;

namespace System.Tests.Streams;

/// <summary>
/// kill -9 of each daemon in the middle of a paid stream. Its client knows its request and its key and comes back; it
/// ends with what it paid for and a receipt, and what it did not get is given back, to the last coin.
/// </summary>
public sealed class KilledStreamTests
{
    private const string Payer = "dev5";
    private static readonly string Whole = string.Concat(HeldModels.Before.Concat(HeldModels.Behind));

    [Fact]
    public async Task Whoever_is_killed_in_a_stream_its_client_has_what_it_paid_for_and_a_receipt()
    {
        using var folder = new TemporaryFolder();
        using var models = new HeldModels();
        await using var network = await TestNetwork.StartAsync(
            folder["data"], [("OLLAMA_HOST", models.Host)], "--restart");
        var provider = network.Url("provider");
        await JobLife.SeeAsync("the model is on sale", async () =>
            (await network.Session.Http(network.Url("coordinator")).GetStringAsync("v1/models"))
                .Contains(HeldModels.Model, StringComparison.Ordinal));
        using var health = JsonDocument.Parse(await network.Session.Http(provider).GetStringAsync("health"));
        var seller = Address.Parse(health.RootElement.GetProperty("address").GetString()!);
        var payer = (await network.Session.AccountAsync(Payer, default)).Address;
        var budget = (await (await network.Session.WalletAsync(default)).Budgets.CreateAsync(new CreateBudgetRequest(
            "streams", new BudgetLimits { Amount = Amount.Parse("5").Atto }, payer))).Budget.Id;
        var before = await network.Session.Chain.BalanceAsync(payer);

        var charged = UInt256.Zero;
        foreach (var role in new[] { "wallet", "node", "coordinator", "provider" })
        {
            var receipt = await KilledAsync(network, models, role, budget, seller);
            Assert.Equal(payer, receipt.Client);
            charged += receipt.Charge;
        }

        Assert.False(charged.IsZero);
        await RefundAsync(network, provider, budget);
        await JobLife.SeeAsync("what was not charged is back", async () =>
            before - await network.Session.Chain.BalanceAsync(payer) == charged);
    }

    private static async Task<Receipt> KilledAsync(
        TestNetwork network, HeldModels models, string role, string budget, Address seller)
    {
        models.Hold();
        var provider = network.Url("provider");
        // Its token may be another one since it was killed.
        using var session = new Session(Endpoints.OfNetwork(network.Data));
        var wallet = (await session.WalletAsync(default)).Payments;
        using var stream = new PaidStream(
            role == "coordinator" ? network.Url("coordinator") : provider, wallet, budget);
        await stream.AskAsync();
        Assert.True(await stream.ReadAsync(HeldModels.Before.Count), $"{role}: the stream did not begin.");
        await network.KillAsync(role);
        models.GoOn();
        var isWhole = await stream.ReadAsync(int.MaxValue);
        Assert.Equal(role is "wallet" or "node", isWhole);
        if (role == "coordinator")
            await BackAsync(stream, stream.ResumeAsync);
        else if (role == "provider")
            await BackAsync(stream, stream.AskAsync);

        Assert.Equal(Whole, stream.Text);
        var file = await stream.ReceiptAsync(provider);
        var verified = ReceiptVerifier.Verify(file, [seller], Encoding.UTF8.GetBytes(stream.Text));
        Assert.True(verified.IsValid, $"{role}: {verified.Detail}");
        Assert.Equal(
            (ulong)(HeldModels.PromptTokens + HeldModels.Before.Count + HeldModels.Behind.Count), file.Receipt.Units);
        return file.Receipt;
    }

    // The provider dials its coordinator again, or has its account only after a moment.
    private static async Task BackAsync(PaidStream stream, Func<Task> comeBack) => await JobLife.SeeAsync(
        "the stream goes on", async () =>
        {
            try
            {
                await comeBack();
                return await stream.ReadAsync(int.MaxValue);
            }
            catch (Exception e) when (e is InvalidOperationException or HttpRequestException or IOException
                or X402Exception)
            {
                await Task.Delay(100);
                return false;
            }
        });

    private static async Task RefundAsync(TestNetwork network, Uri provider, string budget)
    {
        using var session = new Session(Endpoints.OfNetwork(network.Data));
        using var http = new HttpClient(new X402Handler(
            (await session.WalletAsync(default)).Payments,
            new X402HandlerOptions { MaxAmount = UInt256.One, Budget = budget })
        {
            InnerHandler = new SocketsHttpHandler(),
        });
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(provider, "v1/chat/completions"));
        request.Options.Set(X402Request.Refund, true);
        using var answer = await http.SendAsync(request);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Tests.Devnet;
using System.Tests.Processes;
using System.Tests.Streams;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Cli.Proxy;
using Aitbc.Primitives;
using Aitbc.Sdk.Wallet;
using Xunit;

namespace System.Tests.Proxies;

/// <summary>
/// What a client has that knows an address and an API key and nothing of payments, on a real network with a fake
/// server of models.
/// </summary>
public sealed class PaidProxyTests
{
    private static readonly string Whole = string.Concat(HeldModels.Before.Concat(HeldModels.Behind));

    [Fact]
    public async Task A_client_that_knows_nothing_of_payments_is_served_within_the_budget_whose_token_is_its_key()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var folder = new TemporaryFolder();
        using var models = new HeldModels();
        await using var network = await TestNetwork.StartAsync(
            folder["data"], [("OLLAMA_HOST", models.Host)]);
        await JobLife.SeeAsync("the model is on sale", async () =>
            (await network.Session.Http(network.Url("coordinator")).GetStringAsync("v1/models", cancel))
                .Contains(HeldModels.Model, StringComparison.Ordinal));
        var wallet = await network.Session.WalletAsync(cancel);
        var payer = await network.Session.AccountAsync("dev6", cancel);
        var budget = await wallet.Budgets.CreateAsync(
            new CreateBudgetRequest("proxy", new BudgetLimits { Amount = Amount.Parse("1").Atto }, payer.Address),
            cancel);
        var small = await wallet.Budgets.CreateAsync(
            new CreateBudgetRequest("small", new BudgetLimits { Amount = UInt256.One }, payer.Address), cancel);

        using var stopping = new CancellationTokenSource();
        await using var proxy = PayingProxy.Start(Ports.Free(), Plan(network, "coordinator"));
        var serving = proxy.RunAsync(stopping.Token);
        using var http = new HttpClient { BaseAddress = new Uri(proxy.Url) };

        using (var whole = await AskAsync(http, "/v1/chat/completions", budget.Token!, stream: false))
        {
            Assert.True(whole.IsSuccessStatusCode, await whole.Content.ReadAsStringAsync(cancel));
            using var json = JsonDocument.Parse(await whole.Content.ReadAsStringAsync(cancel));
            Assert.Equal(Whole, json.RootElement.GetProperty("choices")[0].GetProperty("message")
                .GetProperty("content").GetString());
        }

        using (var streamed = await AskAsync(http, "/v1/chat/completions", budget.Token!, stream: true))
        {
            var text = await streamed.Content.ReadAsStringAsync(cancel);
            Assert.Contains("data: [DONE]", text, StringComparison.Ordinal);
        }

        var spent = (await wallet.Budgets.ShowAsync(budget.Budget.Id, cancel)).Spent;
        Assert.False(spent.IsZero);

        await RefusedAsync(http, null, 401, "invalid_api_key");
        await RefusedAsync(http, new string('0', 64), 401, "invalid_api_key");
        await RefusedAsync(http, small.Token!, 403, "budget_exceeded");
        Assert.Equal(spent, (await wallet.Budgets.ShowAsync(budget.Budget.Id, cancel)).Spent);

        await using var direct = PayingProxy.Start(Ports.Free(), Plan(network, "provider"));
        var servingToo = direct.RunAsync(stopping.Token);
        using var ollama = new HttpClient { BaseAddress = new Uri(direct.Url) };
        using (var answer = await AskAsync(ollama, "/api/chat", budget.Token!, stream: false))
        {
            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(cancel));
            Assert.Equal(Whole, json.RootElement.GetProperty("message").GetProperty("content").GetString());
        }

        await stopping.CancelAsync();
        await Task.WhenAll(serving, servingToo);
    }

    private static ProxyPlan Plan(TestNetwork network, string role) => new()
    {
        Server = network.Url(role),
        Wallet = token => new WalletClient(network.Session.Http(network.Url("wallet")), token).Payments,
        Most = Amount.Parse("0.1").Atto,
        Tell = _ => { },
    };

    private static async Task<HttpResponseMessage> AskAsync(HttpClient http, string path, string? key, bool stream)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path)
        {
            Content = new StringContent(
                new JsonObject
                {
                    ["model"] = HeldModels.Model,
                    ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "hi" }),
                    ["stream"] = stream,
                }.ToJsonString(),
                Encoding.UTF8,
                "application/json"),
        };
        if (key is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);
        return await http.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private static async Task RefusedAsync(HttpClient http, string? key, int status, string code)
    {
        using var answer = await AskAsync(http, "/v1/chat/completions", key, stream: false);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True((HttpStatusCode)status == answer.StatusCode, text);
        using var json = JsonDocument.Parse(text);
        var error = json.RootElement.GetProperty("error");
        Assert.Equal(code, error.GetProperty("code").GetString());
        Assert.False(error.GetProperty("charged").GetBoolean());
    }
}

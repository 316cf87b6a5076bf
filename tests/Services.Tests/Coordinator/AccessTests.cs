using System.Net;
using System.Net.Http.Headers;
using System.Reflection;
using System.Text;
using System.Text.Json;
using Aitbc.Coordinator;
using Aitbc.Coordinator.Access;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Market;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace Services.Tests.Coordinator;

/// <summary>How much of the coordinator one caller gets.</summary>
public sealed class AccessTests
{
    private static readonly string[] Bounded = ["limit", "depth"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v1/offers", 200, false)]
    [InlineData("v1/providers", 200, false)]
    [InlineData("v1/market/ticker", 200, false)]
    [InlineData("v1/models", 200, false)]
    [InlineData("v1/jobs", 401, true)]
    public async Task An_address_without_a_valid_token_is_told_when_it_may_ask_again(
        string path, int status, bool withToken)
    {
        await using var market = await Market.StartAsync(o => o with { RequestsPerMinute = 3 });
        for (var i = 0; i < 3; i++)
        {
            using var served = await AskAsync(market, path, withToken ? "aitbc_wrong" : null);
            Assert.Equal(status, (int)served.StatusCode);
        }

        using var refused = await AskAsync(market, path, withToken ? "aitbc_wrong" : null);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0, 1, 60);
        // One that has signed in is counted on its own.
        using var other = await AskAsync(market, "v1/jobs", await TokenAsync(market));
        Assert.Equal(HttpStatusCode.OK, other.StatusCode);
    }

    [Fact]
    public async Task A_refusal_for_too_many_requests_says_the_seconds_in_its_problem_too()
    {
        // As many as a sign-in needs.
        await using var market = await Market.StartAsync(o => o with { RequestsPerMinute = 2 });
        for (var i = 0; i < 2; i++)
            await market.Stranger.JobsAsync(cancel: Cancel);
        var refused = await Assert.ThrowsAsync<AitbcException>(() => market.Stranger.JobsAsync(cancel: Cancel));
        Assert.Equal((429, ProblemCodes.RateLimited, true), (
            refused.Problem.Status, refused.Problem.Code, refused.Problem.Retryable));
        Assert.InRange(refused.Problem.RetryAfter ?? 0, 1, 60);
    }

    [Fact]
    public async Task Every_list_refuses_a_page_of_none_and_one_of_more_than_a_hundred()
    {
        await using var market = await Market.StartAsync();
        var token = await TokenAsync(market);
        await market.RegisterAsync();
        using var document = JsonDocument.Parse(await market.Http.GetStringAsync("openapi/v1.json", Cancel));
        var lists = ListsOf(document).ToList();
        Assert.True(lists.Count >= 7, $"Only {lists.Count} lists were found.");
        foreach (var (path, bound) in lists)
        {
            foreach (var value in new[] { "0", "-1", "101", "2147483648" })
            {
                using var answer = await AskAsync(
                    market,
                    $"{path.Replace("{address}", market.ProviderKey.Address.ToString(), StringComparison.Ordinal)}"
                        + $"?class=wasm&interval=1m&{bound}={value}",
                    token);
                Assert.True(answer.StatusCode == HttpStatusCode.BadRequest, $"{path} {bound}={value}");
            }
        }
    }

    [Theory]
    [InlineData(AccessScope.JobsRead, "GET v1/jobs", "POST v1/quotes")]
    [InlineData(AccessScope.JobsWrite, "POST v1/quotes", "GET v1/jobs")]
    [InlineData(AccessScope.Provider, "GET v1/jobs", "GET v1/messages?agent=1")]
    [InlineData(AccessScope.Provider, "POST v1/leases", "POST v1/jobs")]
    [InlineData(AccessScope.Messages, "GET v1/messages?agent=1", "POST v1/leases")]
    public async Task A_token_opens_what_its_scope_says_and_is_told_what_it_lacks(
        string scope, string opened, string closed)
    {
        await using var market = await Market.StartAsync();
        var tokens = market.Services.GetRequiredService<AccessTokens>();
        var token = (await tokens.GrantAsync(market.ClientKey.Address, Cancel, [scope])).Token;
        var (ask, refuse) = (opened.Split(' '), closed.Split(' '));
        using var answer = await AskAsync(market, ask[1], token, ask[0]);
        Assert.NotEqual(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.DoesNotContain(
            ProblemCodes.ScopeMissing, await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        using var refused = await AskAsync(market, refuse[1], token, refuse[0]);
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
        using var problem = JsonDocument.Parse(await refused.Content.ReadAsStringAsync(Cancel));
        Assert.Equal(ProblemCodes.ScopeMissing, problem.RootElement.GetProperty("code").GetString());
    }

    [Fact]
    public async Task Scopes_are_part_of_what_is_signed_and_all_is_what_nobody_chose()
    {
        await using var market = await Market.StartAsync();
        var reader = new MarketClient(
            market.Http, market.ClientKey, market.ClientKey.Address, market.Time, [AccessScope.JobsRead]);
        Assert.Empty((await reader.JobsAsync(cancel: Cancel)).Jobs);
        var refused = await Assert.ThrowsAsync<AitbcException>(() => reader.CancelAsync(default, Cancel));
        Assert.Equal((403, ProblemCodes.ScopeMissing), (refused.Problem.Status, refused.Problem.Code));
        Assert.Contains(AccessScope.JobsWrite, refused.Problem.Detail, StringComparison.Ordinal);
        Assert.Equal(AccessScope.All, (await GrantAsync(market, null)).Scopes);

        var given = await market.Client.ChallengeAsync(
            market.ClientKey.Address, Cancel, [AccessScope.JobsRead, AccessScope.Messages]);
        Assert.EndsWith(
            "\nResources:\n- urn:aitbc:scope:jobs:read\n- urn:aitbc:scope:messages",
            given.Message,
            StringComparison.Ordinal);
        // Others than those that were asked for are not what this coordinator gave.
        foreach (var other in new[] { "provider", "jobs:write", "everything" })
        {
            var changed = given.Message.Replace("scope:messages", "scope:" + other, StringComparison.Ordinal);
            var denied = await Assert.ThrowsAsync<AitbcException>(() => RedeemAsync(market, changed));
            Assert.Equal(401, denied.Problem.Status);
        }

        Assert.Equal(["jobs:read", "messages"], (await RedeemAsync(market, given.Message)).Scopes);
        foreach (var wrong in new string[][] { [], ["nothing"], ["provider", "provider"] })
        {
            var invalid = await Assert.ThrowsAsync<AitbcException>(() => GrantAsync(market, wrong));
            Assert.Equal(400, invalid.Problem.Status);
        }
    }

    [Fact]
    public async Task Every_endpoint_that_asks_who_calls_says_which_scopes_open_it()
    {
        await using var market = await Market.StartAsync();
        var asking = market.Services.GetRequiredService<EndpointDataSource>().Endpoints
            .Where(e => e.Metadata.GetMetadata<MethodInfo>()?.GetParameters()
                .Any(p => p.ParameterType == typeof(Caller)) == true)
            .ToList();
        Assert.True(asking.Count >= 20, $"Only {asking.Count} endpoints were found.");
        Assert.All(asking, e => Assert.NotEmpty(e.Metadata.GetMetadata<NeededScopes>()?.AnyOf ?? []));
        Assert.All(
            asking.SelectMany(e => e.Metadata.GetMetadata<NeededScopes>()!.AnyOf),
            s => Assert.Contains(s, AccessScope.All));
    }

    [Fact]
    public void An_address_of_IPv6_counts_as_its_network_and_a_balancer_is_believed_only_if_it_is_named()
    {
        var nobody = new Remotes(Options(null));
        Assert.Equal(Of(nobody, "2001:db8:1:2::1"), Of(nobody, "2001:db8:1:2:ffff::9"));
        Assert.NotEqual(Of(nobody, "2001:db8:1:2::1"), Of(nobody, "2001:db8:1:3::1"));
        Assert.Equal("192.0.2.7", Of(nobody, "::ffff:192.0.2.7"));
        Assert.Equal("10.0.0.5", Of(nobody, "10.0.0.5", "203.0.113.9"));
        var balanced = new Remotes(Options("10.0.0.0/8, 192.0.2.1"));
        Assert.Equal("203.0.113.9", Of(balanced, "10.0.0.5", "198.51.100.1, 203.0.113.9"));
        Assert.Equal("192.0.2.2", Of(balanced, "192.0.2.2", "203.0.113.9"));
        Assert.Equal("192.0.2.1", Of(balanced, "192.0.2.1", "nonsense"));
        Assert.Null(Remotes.ParseProxies("10.0.0.0/99"));
    }

    private static IEnumerable<(string Path, string Bound)> ListsOf(JsonDocument document) =>
        from path in document.RootElement.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        where operation.Name == "get" && operation.Value.TryGetProperty("parameters", out _)
        from parameter in operation.Value.GetProperty("parameters").EnumerateArray()
        let name = parameter.GetProperty("name").GetString()
        where Bounded.Contains(name)
        select (path.Name.TrimStart('/'), name);

    private static async Task<string> TokenAsync(Market market) =>
        (await market.Services.GetRequiredService<AccessTokens>().GrantAsync(market.ClientKey.Address, Cancel)).Token;

    private static async Task<AccessGrant> GrantAsync(Market market, IReadOnlyList<string>? scopes)
    {
        var given = await market.Client.ChallengeAsync(market.ClientKey.Address, Cancel, scopes);
        return await RedeemAsync(market, given.Message);
    }

    private static async Task<AccessGrant> RedeemAsync(Market market, string message)
    {
        var signature = await market.ClientKey.SignMessageAsync(
            market.ClientKey.Address, Encoding.UTF8.GetBytes(message), Cancel);
        return await market.Client.TokenAsync(new TokenRequest(message, Hex.ToHex(signature.ToBytes65())), Cancel);
    }

    private static async Task<HttpResponseMessage> AskAsync(
        Market market, string path, string? token, string method = "GET")
    {
        using var request = new HttpRequestMessage(HttpMethod.Parse(method), path);
        if (method == "POST")
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await market.Http.SendAsync(request, Cancel);
    }

    private static CoordinatorOptions Options(string? proxies) =>
        new() { DataDirectory = "none", TrustedProxies = proxies };

    private static string Of(Remotes remotes, string address, string? forwarded = null)
    {
        var http = new DefaultHttpContext { Connection = { RemoteIpAddress = IPAddress.Parse(address) } };
        if (forwarded is not null)
            http.Request.Headers["X-Forwarded-For"] = forwarded;
        return remotes.Of(http);
    }
}

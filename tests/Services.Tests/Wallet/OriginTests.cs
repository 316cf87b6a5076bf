using System.Net.Http.Headers;
using Microsoft.AspNetCore.Routing;
using Xunit;

namespace Services.Tests.Wallet;

/// <summary>What a page in a browser can do, and what anybody can do without a token.</summary>
public sealed class OriginTests
{
    private const string Named = "https://app.example.org";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("https://evil.example")]
    [InlineData("http://localhost")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("https://app.example.org.evil.example")]
    [InlineData("https://app.example.org, https://evil.example")]
    public async Task A_request_of_a_page_that_was_not_named_is_refused_even_with_the_token(string origin)
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(
            WalletDaemon.OptionsIn(folder) with { AllowedOrigins = [Named] });
        foreach (var path in new[] { "v1/accounts", "health", "rpc" })
        {
            using var answer = await SendAsync(wallet, HttpMethod.Get, path, origin);
            Assert.Equal(403, (int)answer.StatusCode);
            Assert.Contains("forbidden_origin", await answer.Content.ReadAsStringAsync(Cancel));
            Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
        }
    }

    [Fact]
    public async Task A_page_that_the_owner_named_is_answered_as_CORS_wants_and_needs_a_token_all_the_same()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(
            WalletDaemon.OptionsIn(folder) with { AllowedOrigins = [Named] });

        using var asked = await SendAsync(wallet, HttpMethod.Options, "v1/accounts", Named, token: null);
        Assert.Equal(204, (int)asked.StatusCode);
        Assert.Equal(Named, asked.Headers.GetValues("Access-Control-Allow-Origin").Single());
        Assert.Contains("Authorization", asked.Headers.GetValues("Access-Control-Allow-Headers").Single());
        Assert.False(asked.Headers.Contains("Access-Control-Allow-Credentials"));
        using var answer = await SendAsync(wallet, HttpMethod.Get, "v1/accounts", Named);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Equal("Origin", answer.Headers.Vary.Single());
        using var without = await SendAsync(wallet, HttpMethod.Get, "v1/accounts", Named, token: null);
        Assert.Equal(401, (int)without.StatusCode);
    }

    [Fact]
    public async Task No_endpoint_but_health_answers_anything_without_a_token()
    {
        using var folder = new TemporaryFolder();
        await using var wallet = await WalletDaemon.StartAsync(folder);
        var endpoints = wallet.Service<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>().ToList();
        Assert.True(endpoints.Count > 30, $"{endpoints.Count} endpoints");
        foreach (var endpoint in endpoints)
        {
            var path = string.Join('/', endpoint.RoutePattern.PathSegments.Select(s => s.Parts[0] switch
            {
                Microsoft.AspNetCore.Routing.Patterns.RoutePatternLiteralPart literal => literal.Content,
                _ => "1",
            }));
            foreach (var method in endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods)
            {
                var answer = await wallet.RawAsync(
                    new HttpMethod(method), path, method == "POST" ? "{}" : null, token: null);
                Assert.True(answer.Status == (path == "health" ? 200 : 401), $"{method} {path}: {answer.Status}");
            }
        }
    }

    private static async Task<HttpResponseMessage> SendAsync(
        WalletDaemon wallet, HttpMethod method, string path, string origin, string? token = "")
    {
        using var request = new HttpRequestMessage(method, path);
        request.Headers.TryAddWithoutValidation("Origin", origin);
        if (method == HttpMethod.Options)
            request.Headers.Add("Access-Control-Request-Method", "GET");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", wallet.Token);
        return await wallet.Http.SendAsync(request, Cancel);
    }
}

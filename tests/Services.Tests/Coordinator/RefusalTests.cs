using System.Net.Http.Headers;
using Aitbc.Sdk.Errors;
using Services.Tests.Coordinator.Book;
using Xunit;
using static Services.Tests.Coordinator.Book.Trading;

namespace Services.Tests.Coordinator;

/// <summary>What is refused before any database is asked.</summary>
public sealed class RefusalTests
{
    [Theory]
    [InlineData("GET", "/nowhere", null, 404, ProblemCodes.NotFound)]
    [InlineData("DELETE", "/v1/providers", null, 405, ProblemCodes.MethodNotAllowed)]
    [InlineData("GET", "/v1/jobs", null, 401, ProblemCodes.Unauthorized)]
    [InlineData("POST", "/v1/auth/challenge", "{", 400, ProblemCodes.InvalidRequest)]
    [InlineData("POST", "/v1/auth/challenge", "{}", 400, ProblemCodes.InvalidRequest)]
    [InlineData("POST", "/v1/auth/challenge", "{\"address\":\"0x12\"}", 400, ProblemCodes.InvalidRequest)]
    [InlineData("GET", "/v1/providers?limit=101", null, 400, ProblemCodes.InvalidRequest)]
    [InlineData("GET", "/v1/providers/xyz", null, 400, ProblemCodes.InvalidRequest)]
    public async Task Whatever_is_wrong_is_a_typed_problem(
        string method, string path, string? body, int status, string code)
    {
        await using var market = await Market.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        if (body is not null)
            request.Content = new StringContent(body, new MediaTypeHeaderValue("application/json"));
        using var answer = await market.Http.SendAsync(request, Cancel);
        Assert.Equal(AitbcProblem.MediaType, answer.Content.Headers.ContentType?.MediaType);
        var problem = (await AitbcException.FromResponseAsync(answer, Cancel)).Problem;
        Assert.Equal((status, code, false), (problem.Status, problem.Code, problem.Charged));
    }

    [Fact]
    public async Task Too_many_requests_of_one_account_are_refused_and_another_is_served()
    {
        await using var market = await Market.StartAsync(o => o with { RequestsPerMinute = 5 });
        for (var i = 0; i < 5; i++)
            await market.Client.JobsAsync(cancel: Cancel);
        Assert.Equal((429, ProblemCodes.RateLimited), Short(await RefusedAsync(
            () => market.Client.JobsAsync(cancel: Cancel))));
        await market.Stranger.JobsAsync(cancel: Cancel);
    }

    [Theory]
    [InlineData("resourceClass", "model/")]
    [InlineData("unitKind", "token")]
    [InlineData("engine", "js")]
    [InlineData("region", "EU 1")]
    [InlineData("privacy", "secret")]
    [InlineData("warmth", "hot")]
    public async Task A_value_out_of_its_range_is_refused_by_name(string member, string value)
    {
        await using var market = await Market.StartAsync();
        var refused = await RefusedAsync(() => market.SellAsync(market.ProviderKey, 30, change: o => member switch
        {
            "resourceClass" => o with { ResourceClass = value },
            "unitKind" => o with { UnitKind = value },
            "engine" => o with { Engine = value },
            "region" => o with { Region = value },
            "privacy" => o with { Privacy = value },
            _ => o with { Warmth = value },
        }));
        Assert.Equal(ProblemCodes.InvalidRequest, refused.Code);
        Assert.StartsWith(member, refused.Detail, StringComparison.Ordinal);
    }

    private static (int Status, string Code) Short(AitbcProblem problem) => (problem.Status, problem.Code);
}

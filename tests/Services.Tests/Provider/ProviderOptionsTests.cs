using System.Text.Json;
using Aitbc.Provider;
using Aitbc.Provider.Offers;
using Aitbc.Sdk.Jobs;
using Xunit;

namespace Services.Tests.Provider;

public sealed class ProviderOptionsTests
{
    private const string Minimal = "\"dataDirectory\":\"d\",\"nodeUrl\":\"http://n\",\"walletUrl\":\"http://w\","
        + "\"walletTokenFile\":\"t\"";

    [Fact]
    public void Lists_of_a_configuration_file_are_read_and_not_ignored()
    {
        var options = Read(Minimal + ",\"evaluators\":[\"0x01\"],\"openAi\":{\"url\":\"http://127.0.0.1:1/v1\","
            + "\"models\":[\"qwen\"],\"slotsPerModel\":2},\"levels\":[\"60s:25%\",\"js=2m:0.5%\"]");

        options.Validate();
        Assert.Equal(["0x01"], options.Evaluators);
        Assert.Equal(["qwen"], options.OpenAi.Models);
        Assert.Equal(2, options.OpenAi.SlotsPerModel);
        var promises = new LevelPromises(options.Levels);
        Assert.Equal(
            (new JobLevel(60, 2_500), new JobLevel(120, 50)), (promises.Of("wasm"), promises.Of("js")));
        Assert.Null(new LevelPromises(["js=2m:0.5%"]).Of("wasm"));
    }

    [Theory]
    [InlineData("\"openAi\":{\"url\":\"ftp://x/v1\"}")]
    [InlineData("\"openAi\":{\"queuePerModel\":-1}")]
    [InlineData("\"ollama\":{\"slotsPerModel\":0}")]
    [InlineData("\"ollama\":{\"contextTokens\":1}")]
    [InlineData("\"levels\":[\"60s\"]")]
    [InlineData("\"levels\":[\"=60s:1%\"]")]
    [InlineData("\"levels\":[\"wasm=js=60s:1%\"]")]
    [InlineData("\"levels\":[\"wasm=60s:1%\",\"wasm=61s:1%\"]")]
    [InlineData("\"levels\":[\"60s:1%\",\"60s:2%\"]")]
    [InlineData("\"freeAllowance\":{\"tokensPerClient\":2,\"tokensPerDay\":1}")]
    [InlineData("\"freeAllowance\":{\"tokensPerClient\":2,\"tokensPerDay\":2}")]
    public void A_value_that_cannot_work_is_refused(string json) =>
        Assert.Throws<ArgumentException>(() => Read(Minimal + "," + json).Validate());

    private static ProviderOptions Read(string members) =>
        JsonSerializer.Deserialize<ProviderOptions>("{" + members + "}", JsonSerializerOptions.Web)!;
}

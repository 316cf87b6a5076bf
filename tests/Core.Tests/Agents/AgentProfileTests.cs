using System.Text;
using Aitbc.Sdk.Agents;
using Xunit;

namespace Core.Tests.Agents;

/// <summary>Registration files (ERC-8004), which strangers write.</summary>
public sealed class AgentProfileTests
{
    // The members and the order of the example in ERC-8004.
    private const string Foreign =
        """
        {"type":"https://eips.ethereum.org/EIPS/eip-8004#registration-v1","name":"myAgentName",
         "description":"A description.","image":"https://example.com/agentimage.png",
         "services":[{"name":"A2A","endpoint":"https://agent.example/.well-known/agent-card.json","version":"0.3.0"},
                     {"name":"OASF","endpoint":"ipfs://cid","version":"0.8","skills":[],"domains":[]}],
         "x402Support":true,"active":true,
         "registrations":[{"agentId":22,"agentRegistry":"eip155:1:0x742"}],"supportedTrust":["reputation"]}
        """;

    [Fact]
    public void A_file_of_another_maker_is_read()
    {
        var file = AgentProfile.TryRead(Encoding.UTF8.GetBytes(Foreign));
        Assert.NotNull(file);
        Assert.Equal(("myAgentName", true, true), (file.Name, file.X402Support, file.Active));
        Assert.Equal(
            new AgentService("A2A", "https://agent.example/.well-known/agent-card.json", "0.3.0"), file.Services[0]);
        Assert.Equal(["reputation"], file.SupportedTrust);
    }

    [Fact]
    public void What_a_file_leaves_out_has_the_value_of_the_standard()
    {
        var file = AgentProfile.TryRead("""{"name":"a"}"""u8);
        Assert.NotNull(file);
        Assert.Equal((AgentProfile.RegistrationType, "", true), (file.Type, file.Description, file.Active));
        Assert.Empty(file.Services);
    }

    [Fact]
    public void A_file_comes_back_out_of_its_address_as_it_was()
    {
        var file = new AgentProfile
        {
            Name = "translator",
            Description = "Übersetzt.",
            Services = [new AgentService("MCP", "https://host/mcp")],
            X402Support = true,
        };
        var again = AgentProfile.TryReadUri(file.ToUri());
        Assert.NotNull(again);
        Assert.Equal(file with { Services = [] }, again with { Services = [] });
        Assert.Equal(file.Services, again.Services);
    }

    [Theory]
    [InlineData("")]
    [InlineData("https://example.com/agent.json")]
    [InlineData("data:application/json;base64,%")]
    [InlineData("data:application/json;base64,e30=")]
    public void An_address_without_a_file_gives_none(string uri) => Assert.Null(AgentProfile.TryReadUri(uri));

    [Theory]
    [InlineData("""{"name":null}""")]
    [InlineData("""{"name":"a","name":"b"}""")]
    [InlineData("""{"name":"a","services":[null]}""")]
    [InlineData("""{"name":"a","services":[{"name":"MCP"}]}""")]
    [InlineData("""{"name":"a","supportedTrust":[null]}""")]
    [InlineData("""{"name":"a","services":null}""")]
    [InlineData("[[[[")]
    public void A_file_that_breaks_the_rules_is_none(string json) =>
        Assert.Null(AgentProfile.TryRead(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_file_that_is_too_long_is_none()
    {
        var file = new AgentProfile { Name = "a", Description = new string('x', AgentProfile.MaxBytes) };
        Assert.Null(AgentProfile.TryReadUri(file.ToUri()));
    }
}

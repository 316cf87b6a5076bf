using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider.Payments.Journal;
using Aitbc.Sdk.Chat;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.X402;
using Services.Tests.Provider.Selling;
using Xunit;

namespace Services.Tests.Gateway;

/// <summary>The Sdk's client: it goes on where a provider was lost, and stops with the cost known.</summary>
public sealed class PaidChatTests
{
    private static readonly ChatAsk Ask = new("tiny", [new ChatTurn("user", "hi")], 100);

    [Fact]
    public async Task Where_a_provider_is_lost_another_goes_on_from_what_was_given_and_is_paid_for_its_part()
    {
        await using var world = await GatewayWorld.StartAsync(
            o => o with { GatewayResumeSeconds = 2 }, GatewayTests.Cheap, GatewayTests.Usual);
        var (lost, other) = (world.Providers[0], world.Providers[1]);
        lost.Models.Answer = async context =>
        {
            await lost.Models.SayAsync(
                context, [.. Enumerable.Range(0, 40).Select(i => lost.Models.Dialect.Text($"w{i} "))]);
            await lost.Models.UntilAbandonedAsync(context);
        };
        using var http = Paying(world);
        var chat = new PaidChat(http);
        var (text, moved, cost) = (new StringBuilder(), (ChatMoved?)null, (ChatCost?)null);
        ChatEnd? end = null;
        await foreach (var part in chat.AskAsync(Ask, SellingWorld.Cancel))
        {
            (moved, cost, end) = (part as ChatMoved ?? moved, part as ChatCost ?? cost, part as ChatEnd ?? end);
            if (part is not ChatText said)
                continue;
            text.Append(said.Text);
            if (said.Text == "w39 ")
            {
                world.Links.Find(lost.Provider)!.End();
                await lost.DisposeProviderAsync();
            }
        }

        Assert.Equal(
            string.Concat(Enumerable.Range(0, 40).Select(i => $"w{i} ")) + "Two plus two is four.", text.ToString());
        Assert.Equal(lost.Provider, moved!.Lost);
        Assert.Equal(other.Provider, end!.Provider);
        Assert.Equal(moved.PaidAtMost + (10UL * 17) + 600UL, cost!.Cost);
        Assert.True(cost.IsFinal);
        var asked = JsonNode.Parse(other.Models.LastBody)!;
        Assert.EndsWith("w38 w39 ", (string)asked["messages"]![1]!["content"]!, StringComparison.Ordinal);
        Assert.Single(other.Models.Posts);
    }

    [Fact]
    public async Task A_stopped_answer_ends_with_its_cost_and_stops_the_engine()
    {
        await using var world = await GatewayWorld.StartAsync(null, GatewayTests.Usual);
        var provider = world.Providers[0];
        provider.Models.Answer = async context =>
        {
            await provider.Models.SayAsync(context, provider.Models.Dialect.Text("w0 "));
            await provider.Models.UntilAbandonedAsync(context);
        };
        using var http = Paying(world);
        var chat = new PaidChat(http);
        ChatCost? cost = null;
        await foreach (var part in chat.AskAsync(Ask, SellingWorld.Cancel))
        {
            cost = part as ChatCost ?? cost;
            if (part is ChatText)
                await chat.StopAsync(SellingWorld.Cancel);
        }

        Assert.True(cost!.IsFinal);
        Assert.True(cost.Cost < 1_000UL);
        Assert.Equal(cost.Cost, Assert.Single(provider.Service<PaymentJournal>().Channels).Charged);
        await provider.Models.Abandoned.Task.WaitAsync(TimeSpan.FromSeconds(20), SellingWorld.Cancel);
    }

    [Fact]
    public async Task What_is_refused_says_why_and_that_nothing_was_charged()
    {
        await using var world = await GatewayWorld.StartAsync(null, GatewayTests.Usual);
        using var http = Paying(world);
        var refused = await Assert.ThrowsAsync<AitbcException>(async () =>
        {
            await foreach (var part in new PaidChat(http).AskAsync(Ask with { Model = "none" }, SellingWorld.Cancel))
                Assert.Fail($"{part} was given.");
        });
        Assert.Equal(("model_not_found", false), (refused.Problem.Code, refused.Problem.Charged));
        var dear = await Assert.ThrowsAsync<AitbcException>(async () =>
        {
            await foreach (var part in new PaidChat(http).AskAsync(Ask with { MaxPrice = 1 }, SellingWorld.Cancel))
                Assert.Fail($"{part} was given.");
        });
        Assert.Equal("price_too_high", dear.Problem.Code);
    }

    private static HttpClient Paying(GatewayWorld world) =>
        new(new Payer(world) { InnerHandler = new SocketsHttpHandler() }) { BaseAddress = world.Url };

    /// <summary>Pays each 402 by a channel with its provider.</summary>
    private sealed class Payer(GatewayWorld world) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var body = request.Content is null ? null : await request.Content.ReadAsByteArrayAsync(cancellationToken);
            var answer = await base.SendAsync(request, cancellationToken);
            if (Buyer.Decode(answer, X402Headers.Required) is not { } required)
                return answer;
            var paid = new HttpRequestMessage(request.Method, request.RequestUri)
            {
                Content = new ByteArrayContent(body!),
            };
            paid.Content.Headers.ContentType = request.Content!.Headers.ContentType;
            paid.Headers.Add(X402Headers.Signature, world.Buyer().Voucher(required, UInt256.Parse("1000000")));
            return await base.SendAsync(paid, cancellationToken);
        }
    }
}

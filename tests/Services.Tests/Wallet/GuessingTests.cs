using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Cryptography;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Services.Tests.Wallet;

/// <summary>Guessing of tokens is slowed for the one who guesses, and for nobody else.</summary>
public sealed class GuessingTests : IAsyncLifetime
{
    private readonly TemporaryFolder folder = new();
    private readonly FakeTimeProvider time = new();
    private WalletDaemon wallet = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        wallet = await WalletDaemon.StartAsync(WalletDaemon.OptionsIn(folder), time);

    public async ValueTask DisposeAsync()
    {
        await wallet.DisposeAsync();
        folder.Dispose();
    }

    [Fact]
    public async Task Wrong_tokens_close_the_door_for_longer_and_longer_and_a_right_one_waits_as_well()
    {
        using var guesser = From("127.0.0.2");
        await GuessAsync(guesser, TokenGuard.FreeGuesses);
        Assert.Equal(401, (await AskAsync(guesser, Guess())).Status);
        for (var seconds = 1; seconds <= 64; seconds *= 2)
        {
            var expected = Math.Min(seconds, 60);
            Assert.Equal((429, expected), await AskAsync(guesser, Guess()));
            Assert.Equal((429, expected), await AskAsync(guesser, wallet.Token));
            time.Advance(TimeSpan.FromSeconds(expected) - TimeSpan.FromMilliseconds(1));
            Assert.Equal(429, (await AskAsync(guesser, wallet.Token)).Status);
            time.Advance(TimeSpan.FromMilliseconds(1));
            Assert.Equal(401, (await AskAsync(guesser, Guess())).Status);
        }

        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await AskAsync(guesser, wallet.Token)).Status);
        Assert.Equal(1, wallet.Log.Lines.Count(l => l.Contains("Wrong tokens come from 127.0.0.2")));
        Assert.DoesNotContain(wallet.Log.Lines, l => l.Contains(wallet.Token));
    }

    [Fact]
    public async Task Who_guesses_keeps_no_other_address_and_no_token_that_was_right_before_out()
    {
        var account = await wallet.Client.CreateAsync("payer", Cancel); // the owner was here from 127.0.0.1
        var budget = await wallet.Client.Budgets.CreateAsync(
            new CreateBudgetRequest("agent", new BudgetLimits { Amount = 1_000_000 }, account.Address), Cancel);
        using var other = From("127.0.0.3");
        await GuessAsync(wallet.Http, TokenGuard.FreeGuesses + 1);

        Assert.Equal(429, (await AskAsync(wallet.Http, budget.Token)).Status); // never seen from here
        Assert.Equal(200, (await AskAsync(wallet.Http, wallet.Token)).Status);
        Assert.Equal(200, (await AskAsync(other, budget.Token)).Status);
        Assert.Equal(200, (await AskAsync(other, wallet.Token)).Status);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, (await AskAsync(wallet.Http, budget.Token)).Status);
        await wallet.Client.Budgets.RevokeAsync(budget.Budget.Id, Cancel);
        await GuessAsync(wallet.Http, 1);
        Assert.Equal(200, (await AskAsync(wallet.Http, budget.Token)).Status); // a revoked budget still looks at itself
    }

    [Fact]
    public async Task A_burst_of_guesses_is_counted_while_it_is_tried()
    {
        using var guesser = From("127.0.0.2");
        var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => AskAsync(guesser, Guess())));
        Assert.InRange(answers.Count(a => a.Status == 401), TokenGuard.FreeGuesses, TokenGuard.FreeGuesses + 8);
    }

    [Fact]
    public async Task A_quiet_quarter_of_an_hour_is_forgiven_and_a_request_without_a_token_is_no_guess()
    {
        using var guesser = From("127.0.0.2");
        for (var i = 0; i < 3 * TokenGuard.FreeGuesses; i++)
            Assert.Equal(401, (await AskAsync(guesser, token: null)).Status);
        await GuessAsync(guesser, TokenGuard.FreeGuesses);
        time.Advance(TimeSpan.FromMinutes(16));
        await GuessAsync(guesser, TokenGuard.FreeGuesses);
    }

    [Fact]
    public async Task However_many_addresses_guess_the_table_stays_bounded_and_strangers_are_slowed_together()
    {
        var guard = new TokenGuard(time, NullLogger<TokenGuard>.Instance);
        var wrong = 0;
        for (var i = 0; i < TokenGuard.MostAddresses + 100; i++)
        {
            var from = new IPAddress([10, 0, (byte)(i >> 8), (byte)i]);
            var (_, wait) = await guard.IdentifyAsync(from, Hash(), NobodyAsync, Cancel);
            wrong += wait == TimeSpan.Zero ? 1 : 0;
        }

        Assert.Equal(TokenGuard.MostAddresses, guard.Count);
        Assert.Equal(TokenGuard.MostAddresses + TokenGuard.FreeGuesses + 1, wrong);
        time.Advance(TimeSpan.FromMinutes(16));
        await guard.IdentifyAsync(IPAddress.Parse("10.9.9.9"), Hash(), NobodyAsync, Cancel);
        Assert.Equal(1, guard.Count);
    }

    [Fact]
    public async Task Addresses_of_one_network_of_IPv6_are_one_and_IPv4_is_the_same_in_both_forms()
    {
        var guard = new TokenGuard(time, NullLogger<TokenGuard>.Instance);
        string[] ones = ["2001:db8::1", "2001:db8::ffff:1:2", "192.0.2.1", "::ffff:192.0.2.1", "::1", "2001:db8:1::1"];
        foreach (var one in ones)
            await guard.IdentifyAsync(IPAddress.Parse(one), Hash(), NobodyAsync, Cancel);
        await guard.IdentifyAsync(null, Hash(), NobodyAsync, Cancel);
        Assert.Equal(5, guard.Count);
    }

    private static Task<Caller?> NobodyAsync() => Task.FromResult<Caller?>(null);

    private static byte[] Hash() => RandomNumberGenerator.GetBytes(32);

    private static string Guess() => RandomNumberGenerator.GetHexString(64, lowercase: true);

    // Loopback has 2^24 addresses: a client that is bound to another one comes from another one.
    private HttpClient From(string address) => new(new SocketsHttpHandler
    {
        ConnectCallback = async (context, cancel) =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
            await socket.ConnectAsync(context.DnsEndPoint, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        },
    })
    {
        BaseAddress = wallet.Http.BaseAddress,
    };

    private static async Task GuessAsync(HttpClient http, int times)
    {
        for (var i = 0; i < times; i++)
            Assert.Equal(401, (await AskAsync(http, Guess())).Status);
    }

    private static async Task<(int Status, int RetryAfter)> AskAsync(HttpClient http, string? token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/budgets");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, Cancel);
        return ((int)response.StatusCode, (int)(response.Headers.RetryAfter?.Delta?.TotalSeconds ?? 0));
    }
}

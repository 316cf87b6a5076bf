using System.CommandLine;
using System.Net.Http.Headers;
using Aitbc.Cli.Budgets;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.X402;

namespace Aitbc.Cli.Pay;

/// <summary>Requests a paid address and pays for it within a budget, if it asks for that.</summary>
internal static class PayCommand
{
    public const string Name = "pay";
    public const string Text = "Request an address and pay for it within a budget (x402).";

    private static readonly Argument<Uri> Url = new("url")
    {
        Description = "The address, http or https.",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url)
                && url.Scheme is "http" or "https")
                return url;
            result.AddError($"'{result.Tokens[0].Value}' is no http address.");
            return null!;
        },
    };

    private static readonly Option<Amount?> Max = Needed(
        Symbols.AmountOption("--max", "The most that it may cost."));

    private static readonly Option<Amount?> MaxDeposit = Symbols.AmountOption(
        "--max-deposit", "The most that may be paid into the server's channel at once.");

    private static readonly Option<string?> Budget = new("--budget")
    {
        Description = "Label or id of the budget that pays; needed with the owner's token.",
    };

    private static readonly Option<string> Method = new("--method", "-X")
    {
        Description = "HTTP method (default: GET, or POST with a body).",
        DefaultValueFactory = _ => "",
    };

    private static readonly Option<string?> Body = new("--body", "-d")
    {
        Description = "Body of the request: a text, or @FILE.",
    };

    private static readonly Option<string> BodyType = new("--type")
    {
        Description = "Media type of the body.",
        DefaultValueFactory = _ => "application/json",
    };

    private static readonly Option<string?> Key = new("--key")
    {
        Description = "Idempotency key: the same key never pays twice.",
    };

    private static readonly Option<bool> Refund = new("--refund")
    {
        Description = "Buy nothing; ask the server to give back what is left in its channel.",
    };

    public static CliCommand Create() => new CliCommand(
        Name, Text, "aitbc pay http://127.0.0.1:8008/v1/models --max 0.01 --budget agent")
        .With(Url, Max, MaxDeposit, Budget, Method, Body, BodyType, Key, Refund).Does(RunAsync);

    private static Option<Amount?> Needed(Option<Amount?> option)
    {
        option.Required = true;
        return option;
    }

    private static async Task RunAsync(CommandContext context)
    {
        var max = context.Get(Max)!.Value;
        var wallet = await context.Session.WalletAsync(context.Cancel);
        var budget = context.Get(Budget) is { } name ? await BudgetLookup.FindAsync(context, name) : null;
        using var client = new HttpClient(new X402Handler(wallet.Payments, new X402HandlerOptions
        {
            MaxAmount = max.Atto,
            MaxDeposit = context.Get(MaxDeposit)?.Atto,
            Budget = budget?.Id,
        })
        {
            InnerHandler = new SocketsHttpHandler(),
        });
        using var request = await RequestAsync(context);
        using var response = await SendAsync(client, request, context.Cancel);
        await PayReport.WriteAsync(context, response);
    }

    private static async Task<HttpRequestMessage> RequestAsync(CommandContext context)
    {
        var method = context.Get(Method);
        var body = context.Get(Body);
        var request = new HttpRequestMessage(
            new HttpMethod(string.IsNullOrEmpty(method) ? body is null ? "GET" : "POST" : method),
            context.Get(Url));
        if (body is not null)
        {
            request.Content = body.StartsWith('@')
                ? new ByteArrayContent(await File.ReadAllBytesAsync(body[1..], context.Cancel))
                : new StringContent(body);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(context.Get(BodyType)!);
        }

        if (context.Get(Key) is { } key)
            request.Options.Set(X402Request.IdempotencyKey, key);
        request.Options.Set(X402Request.Refund, context.Get(Refund));
        return request;
    }

    private static async Task<HttpResponseMessage> SendAsync(
        HttpClient client, HttpRequestMessage request, CancellationToken cancel)
    {
        try
        {
            return await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        }
        catch (HttpRequestException e)
        {
            // The first request goes unpaid; what is lost after a payment is an X402Exception.
            throw new CliFailure(
                ExitCode.Unreachable, "unreachable", $"{request.RequestUri} gives no answer: {e.Message}.",
                "Nothing was paid. Is the address right, and does its server run?", e)
            {
                Retryable = true,
            };
        }
        catch (X402Exception e)
        {
            throw new CliFailure(
                e.Code == X402Exception.OutcomeUnknown ? ExitCode.Failure : ExitCode.Refused,
                e.Code,
                e.Message,
                $"--key {e.IdempotencyKey} asks again for the same request without paying twice.",
                e)
            {
                Charged = e.Charged,
            };
        }
    }
}

using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;

namespace Aitbc.Cli.Pay;

/// <summary>The server's answer and what it cost.</summary>
internal static class PayReport
{
    private const int MostBytes = 64 * 1024 * 1024;

    public static async Task WriteAsync(CommandContext context, HttpResponseMessage response)
    {
        var options = response.RequestMessage!.Options;
        var payment = options.TryGetValue(X402Request.Payment, out var paid) ? paid : null;
        var result = options.TryGetValue(X402Request.Result, out var told) ? told : null;
        await response.Content.LoadIntoBufferAsync(MostBytes, context.Cancel);
        var body = await response.Content.ReadAsByteArrayAsync(context.Cancel);
        context.Output.Progress(Cost(payment, result));
        context.Output.Line(Encoding.UTF8.GetString(body));
        context.Output.Json(new JsonObject
        {
            ["status"] = (int)response.StatusCode,
            ["type"] = response.Content.Headers.ContentType?.ToString(),
            ["body"] = Encoding.UTF8.GetString(body),
            ["paid"] = payment is not null,
            ["charged"] = result is null ? null : Say.Json(result.Charged),
            ["outcome"] = result is null ? null : Say.Json(result, WalletJson.Default.PaymentResult)!["outcome"]!
                .DeepClone(),
            ["payment"] = payment is null ? null : Say.Json(payment, WalletJson.Default.Payment),
        });
        context.Exit = response.IsSuccessStatusCode ? ExitCode.Ok : ExitCode.Refused;
    }

    private static string Cost(Payment? payment, PaymentResult? result)
    {
        if (payment is null)
            return "It asked for no payment.";
        var price = result is { Outcome: PaymentOutcome.Settled }
            ? $"{Say.Ait(result.Charged)} paid"
            : "Nothing settled yet";
        return payment.Channel is { } channel
            ? $"{price} through channel {Say.Short(channel)}; {Say.Ait(payment.Reserved)} were paid into it now."
            : $"{price} to {payment.Payee}.";
    }
}

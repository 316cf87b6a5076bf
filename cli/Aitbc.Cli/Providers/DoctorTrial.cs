using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Aitbc.Cli.Serve;
using Aitbc.Primitives;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;

namespace Aitbc.Cli.Providers;

/// <summary>
/// Buys one small thing of the owner's own provider, as a stranger would: it is paid, given, and has a receipt that
/// verifies. A model's answer, or the run of a script where no model is sold.
/// </summary>
internal sealed class DoctorTrial(WalletClient wallet, Uri place, string budget, UInt256 most, TimeProvider time)
{
    private const string What = "test job";
    private const int MostBytes = 1024 * 1024;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);
    private static readonly TimeSpan SigningPatience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public async Task<Finding> RunAsync(CancellationToken cancel)
    {
        using var http = new HttpClient(
            new X402Handler(wallet.Payments, new X402HandlerOptions { MaxAmount = most, Budget = budget })
            {
                InnerHandler = new SocketsHttpHandler(),
            })
        {
            BaseAddress = new Uri(place.ToString().TrimEnd('/') + "/"),
            Timeout = Patience,
        };
        var door = new ProviderDoor(http);
        try
        {
            var address = Address.Parse((await door.HealthAsync(cancel))["address"]?.GetValue<string>() ?? "");
            var (path, body, what) = await OfferAsync(door, cancel);
            var began = time.GetTimestamp();
            using var answer = await http.PostAsync(
                path, new StringContent(body, Encoding.UTF8, "application/json"), cancel);
            await answer.Content.LoadIntoBufferAsync(MostBytes, cancel);
            if (!answer.IsSuccessStatusCode)
                return Missing(
                    $"{what} was refused with status {(int)answer.StatusCode}", "The provider's log says why.");
            var took = time.GetElapsedTime(began);
            var fault = await ReceiptFaultAsync(http, answer, address, cancel);
            return fault is null ? new Finding(What, true, Said(what, answer, took)) : Missing(
                $"{what} was given, and {fault}", "The provider signs with its wallet: is that open?");
        }
        catch (Exception e) when (e is X402Exception or AitbcException or HttpRequestException or InvalidDataException
            or FormatException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return Missing(e.Message, (e as AitbcException)?.Problem.Next ?? "The provider's log says why.");
        }
    }

    private static async Task<(string Path, string Body, string What)> OfferAsync(
        ProviderDoor door, CancellationToken cancel)
    {
        var models = (await door.ModelsAsync(cancel))["data"] as JsonArray ?? [];
        if (models.FirstOrDefault()?["id"]?.GetValue<string>() is not { } model)
            return ("v1/run", """{"script":"print(1 + 1)","maxStatements":1000}""", "a run of a script");
        var ask = new JsonObject
        {
            ["model"] = model,
            ["max_tokens"] = 8,
            ["messages"] = new JsonArray(new JsonObject { ["role"] = "user", ["content"] = "Say one word." }),
        };
        return ("v1/chat/completions", ask.ToJsonString(), $"an answer of {model}");
    }

    /// <summary>Null once there is a receipt that the provider signed for this answer.</summary>
    private async Task<string?> ReceiptFaultAsync(
        HttpClient http, HttpResponseMessage answer, Address provider, CancellationToken cancel)
    {
        if (!answer.Headers.TryGetValues("X-Aitbc-Answer", out var ids))
            return "it does not say its id";
        for (var began = time.GetTimestamp(); time.GetElapsedTime(began) < SigningPatience;)
        {
            using var receipt = await http.GetAsync($"v1/receipts/{ids.First()}", cancel);
            if (receipt.IsSuccessStatusCode)
            {
                var file = ReceiptFile.TryParse(await receipt.Content.ReadAsByteArrayAsync(cancel));
                var verified = ReceiptVerifier.Verify(file, [provider]);
                return verified.IsValid ? null : $"its receipt is not valid: {verified.Detail}";
            }

            await Task.Delay(Pause, time, cancel);
        }

        return "there is no receipt of it yet";
    }

    private static string Said(string what, HttpResponseMessage answer, TimeSpan took)
    {
        var charged = answer.RequestMessage!.Options.TryGetValue(X402Request.Result, out var result)
            ? $" for {Shell.Say.Ait(result.Charged)}" : "";
        return string.Create(
            CultureInfo.InvariantCulture, $"{what}{charged} in {took.TotalSeconds:0.0} s; its receipt is valid");
    }

    private static Finding Missing(string said, string fix) => new(What, false, said, fix);
}

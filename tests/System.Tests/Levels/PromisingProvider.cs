using System.Diagnostics;
using System.Net;
using System.Tests.Processes;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Cli.Network;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Xunit;

namespace System.Tests.Levels;

/// <summary>The provider as an operator runs it beside a network, with levels in its configuration.</summary>
internal sealed class PromisingProvider : IAsyncDisposable
{
    private readonly Process process;
    private readonly HttpClient http;

    private PromisingProvider(Process process, Uri url, Address account)
    {
        (this.process, Account) = (process, account);
        http = new HttpClient { BaseAddress = url };
    }

    public Address Account { get; }

    public static async Task<PromisingProvider> StartAsync(
        TestNetwork network, TemporaryFolder folder, params string[] levels)
    {
        var cancel = TestContext.Current.CancellationToken;
        var session = network.Session;
        var account = (await (await session.WalletAsync(cancel)).CreateAsync("promising", cancel)).Address;
        var bank = (await session.AccountAsync(null, cancel)).Address;
        var sender = await session.SenderAsync(cancel);
        await sender.SendAsync(bank, new CallRequest(account, default, Amount.FromAit(1).Atto), cancel);
        var url = new Uri($"http://127.0.0.1:{Ports.Free()}");
        await File.WriteAllTextAsync(folder["provider.json"], new JsonObject
        {
            ["listen"] = url.ToString(),
            ["options"] = new JsonObject
            {
                ["dataDirectory"] = folder["provider"],
                ["nodeUrl"] = network.Url("node").ToString(),
                ["walletUrl"] = network.Url("wallet").ToString(),
                ["walletTokenFile"] = Endpoints.OfNetwork(network.Data).WalletTokenFile,
                ["accountLabel"] = "promising",
                ["coordinatorUrl"] = network.Url("coordinator").ToString(),
                ["publicUrl"] = url.ToString(),
                ["ollamaEnabled"] = false,
                ["reconcileInterval"] = "00:00:01",
                ["levels"] = new JsonArray([.. levels.Select(l => (JsonNode)JsonValue.Create(l))]),
            },
        }.ToJsonString(), cancel);
        var process = ProgramRun.Start(
            Built.Dotnet, [Built.Host, "run", "provider", "--config", folder["provider.json"]]);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return new PromisingProvider(process, url, account);
    }

    public void Pause() => Signals.Pause(process.Id);

    public void Continue() => Signals.Continue(process.Id);

    /// <summary>Its own word for where a job is; null = it does not have it.</summary>
    public async Task<string?> StateAsync(Hash256 job)
    {
        try
        {
            using var response = await http.GetAsync(new Uri($"v1/jobs/{job}", UriKind.Relative));
            if (response.StatusCode == HttpStatusCode.NotFound)
                return null;
            using var answer = JsonDocument.Parse(await response.Content.ReadAsByteArrayAsync());
            return answer.RootElement.GetProperty("state").GetString();
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (!process.HasExited)
        {
            Continue();
            Signals.Terminate(process.Id);
            await process.WaitForExitAsync();
        }

        process.Dispose();
    }
}

using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Tests.Processes;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Testing;
using Xunit;

namespace System.Tests.Validators;

/// <summary>Nodes that come to a network of four validator processes without the blocks it has made.</summary>
public sealed class JoinTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly Address Receiver = Address.Parse("0x00000000000000000000000000000000000000aa");

    [Fact]
    public async Task N1_a_fifth_node_joins_by_a_snapshot_of_peers_or_of_a_file_and_follows()
    {
        using var folder = new TemporaryFolder();
        await using var network = await TestNetwork.StartAsync(folder["data"], "--roles", "node", "--validators", "4");
        var chain = network.Session.Chain;
        for (var nonce = 0UL; nonce < 3; nonce++)
            await FinalAsync(chain, nonce);
        ulong begin;
        await using (var joined = await FifthAsync(folder, "fifth", "--snapshot"))
        {
            var status = await joined.Chain.InvokeAsync("aitbc_status", _ => { });
            begin = Convert.ToUInt64(status.GetProperty("oldestBlock").GetString(), 16) - 1;
            Assert.True(begin >= 3);
            var refused = await Assert.ThrowsAsync<RpcException>(() => joined.Chain.BlockAsync(begin - 1));
            Assert.Equal(4444, refused.Code);
            await FinalAsync(chain, 3);
            await SameBalanceAsync(joined.Chain, 4);
        }

        // What the fifth has is given on as a file; who restores it asks nobody for the state.
        var made = await ProgramRun.HostAsync(
            "db", "snapshot", "--data", folder["fifth"], "--out", folder["state.snapshot"], "--json");
        Assert.Equal((0, ""), (made.Exit, made.Error));
        string[] restore =
        [
            "db", "restore", "--data", folder["sixth"], "--from", folder["state.snapshot"], "--genesis",
            folder["data/genesis.json"],
        ];
        var restored = await ProgramRun.HostAsync([.. restore, "--json"]);
        Assert.Equal((0, made.Json.GetProperty("blockHash").GetString()),
            (restored.Exit, restored.Json.GetProperty("blockHash").GetString()));
        await FinalAsync(chain, 4);
        await using var sixth = await FifthAsync(folder, "sixth");
        await SameBalanceAsync(sixth.Chain, 5);
    }

    private static async Task FinalAsync(ChainClient chain, ulong nonce)
    {
        var transfer = TestAccounts.Transfer(0, nonce, Receiver, 1);
        await chain.SendRawAsync(transfer.Bytes());
        Assert.NotNull(await chain.WaitReceiptAsync(transfer.Hash, Patience));
    }

    private static async Task SameBalanceAsync(ChainClient chain, UInt256 balance)
    {
        using var late = new CancellationTokenSource(Patience);
        while (await chain.BalanceAsync(Receiver, late.Token) != balance)
            await Task.Delay(20, late.Token);
    }

    // As an operator adds one: the configuration of a node that is there, with a folder and an address of its own.
    private static async Task<Joined> FifthAsync(TemporaryFolder folder, string name, params string[] flags)
    {
        var config = JsonNode.Parse(await File.ReadAllTextAsync(folder["data/config/node-2.json"]))!;
        using var free = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        free.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var url = $"http://127.0.0.1:{((IPEndPoint)free.LocalEndPoint!).Port}";
        free.Close();
        config["listen"] = url;
        config["options"]!["dataDirectory"] = folder[name];
        config["options"]!.AsObject().Remove("p2pListen");
        await File.WriteAllTextAsync(folder[$"{name}.json"], config.ToJsonString());
        var process = ProgramRun.Start(
            Built.Dotnet, [Built.Host, "run", "node", "--config", folder[$"{name}.json"], .. flags]);
        var error = process.StandardError.ReadToEndAsync();
        using var late = new CancellationTokenSource(Patience);
        return await process.StandardOutput.ReadLineAsync(late.Token) is not null
            ? new Joined(process, new Uri(url))
            : throw new InvalidOperationException("The node did not start: " + await error);
    }

    private sealed class Joined(Process process, Uri url) : IAsyncDisposable
    {
        private readonly HttpClient http = new() { BaseAddress = url };

        public ChainClient Chain => new(http);

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            Signals.Terminate(process.Id);
            await process.WaitForExitAsync();
            process.Dispose();
        }
    }
}

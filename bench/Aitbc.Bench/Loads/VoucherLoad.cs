using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Sdk.X402;

namespace Aitbc.Bench.Loads;

/// <summary>
/// One voucher after the other through the wallet daemon, over one connection: counted, signed and synced to disk
/// before it is answered. The time of a sync alone is measured beside it, in the same folder.
/// </summary>
internal static class VoucherLoad
{
    private const int WarmUp = 1_000;
    private const ulong Price = 1_000;
    private const int SyncBytes = 4_096;

    public static async Task<int> RunAsync(Arguments arguments, double mostP99)
    {
        using var network = await Network.StartAsync("node,wallet");
        using var nodeHttp = network.Client("node");
        using var walletHttp = network.Client("wallet");
        var owner = new WalletClient(walletHttp, await WalletClient.ReadTokenAsync(network.TokenFile));
        var chain = new ChainClient(nodeHttp);
        var accounts = await owner.AccountsAsync();
        var budget = await owner.Budgets.CreateAsync(new CreateBudgetRequest(
            "bench", new BudgetLimits { Amount = UInt256.MaxValue }, accounts[0].Address));
        var payments = new WalletClient(walletHttp, budget.Token).Payments;
        var count = WarmUp + (arguments.Rounds * arguments.Count);
        var ask = new PayRequest(
            Required(accounts[1].Address, (ulong)count * 2 * Price), "GET", "http://127.0.0.1/bench", Price)
        {
            MaxDeposit = UInt256.MaxValue,
        };
        await OpenAsync(payments, ask, new TransactionSender(chain, owner), accounts[1].Address);
        var (paid, told) = (new List<double>(), new List<double>());
        using var daemon = Process.GetProcessById(network.ProcessId("wallet"));
        var worked = TimeSpan.Zero;
        for (var i = 0; i < count; i++)
        {
            if (i == WarmUp)
                worked = Worked(daemon);
            var from = Stopwatch.GetTimestamp();
            var payment = await payments.PayAsync(ask, i.ToString(CultureInfo.InvariantCulture));
            var pay = Stopwatch.GetElapsedTime(from).TotalMilliseconds;
            if (payment.Reserved != UInt256.Zero)
                throw new InvalidOperationException("The channel did not hold enough.");
            from = Stopwatch.GetTimestamp();
            await payments.ResultAsync(payment.Id, Taken());
            if (i < WarmUp)
                continue;
            paid.Add(pay);
            told.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
        }

        worked = Worked(daemon) - worked;
        var rounds = paid.Chunk(arguments.Count).Select(round => Figures.Quantile(round, 0.99)).ToList();
        Console.WriteLine(
            "vouchers: p99 of each round: "
            + string.Join(", ", rounds.Select(r => r.ToString("0.00", CultureInfo.InvariantCulture))) + " ms");
        var synced = Syncs(Path.GetDirectoryName(network.TokenFile)!, Math.Min(arguments.Count, 1_000));
        Tell("vouchers: from asking to the signature", paid);
        Tell("vouchers: telling the server's answer", told);
        Tell($"vouchers: a sync of {SyncBytes} appended bytes alone", synced);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"vouchers: processor time of the daemon for one and its answer: "
            + $"{worked.TotalMilliseconds / paid.Count:0.00} ms"));
        return Figures.Quantile(rounds, 0.5) <= mostP99 ? 0 : 1;
    }

    private static TimeSpan Worked(Process process)
    {
        process.Refresh();
        return process.TotalProcessorTime;
    }

    // The server's part: it hands the deposit in.
    private static async Task OpenAsync(PayClient payments, PayRequest ask, TransactionSender sender, Address server)
    {
        var opening = await payments.PayAsync(ask, "open");
        var payload = JsonNode.Parse(Convert.FromBase64String(opening.Header))!["payload"]!;
        var c = payload["channelConfig"]!;
        var config = new ChannelConfig(
            Address.Parse((string)c["payer"]!),
            Address.Parse((string)c["payerAuthorizer"]!),
            Address.Parse((string)c["receiver"]!),
            Address.Parse((string)c["receiverAuthorizer"]!),
            (ulong)c["withdrawDelay"]!,
            Hash256.Parse((string)c["salt"]!));
        var a = payload["deposit"]!["authorization"]!["erc3009Authorization"]!;
        var word = AbiType.Parse("uint256");
        var data = AbiCodec.Encode(
            [word, word, word, AbiType.Parse("bytes")],
            UInt256.Zero,
            UInt256.Parse((string)a["validBefore"]!),
            Hash256.Parse((string)a["salt"]!).ToUInt256(),
            Hex.Parse((string)a["signature"]!));
        var deposit = AbiFunction.Parse(
            "deposit((address,address,address,address,address,uint40,bytes32),uint128,address,bytes)");
        await sender.SendAsync(server, new CallRequest(
            SystemContractAddresses.BatchSettlement,
            deposit.EncodeCall(
                config.ToTuple(), opening.Reserved, SystemContractAddresses.DepositCollector, data)));
        await payments.ResultAsync(opening.Id, Taken());
    }

    private static PaymentResultRequest Taken() => new(200, Base64(new JsonObject
    {
        ["success"] = true,
        ["transaction"] = "",
        ["network"] = "eip155:7777",
    }));

    private static string Required(Address payee, ulong deposit) => Base64(new JsonObject
    {
        ["x402Version"] = 2,
        ["accepts"] = new JsonArray(new JsonObject
        {
            ["scheme"] = PaymentOffer.BatchSettlement,
            ["network"] = "eip155:7777",
            ["amount"] = Price.ToString(CultureInfo.InvariantCulture),
            ["asset"] = SystemContractAddresses.Token.ToString(),
            ["payTo"] = payee.ToString(),
            ["maxTimeoutSeconds"] = 60,
            ["extra"] = new JsonObject
            {
                ["name"] = TokenMessages.Name,
                ["version"] = TokenMessages.Version,
                ["receiverAuthorizer"] = payee.ToString(),
                ["withdrawDelay"] = 900,
                ["minDeposit"] = deposit.ToString(CultureInfo.InvariantCulture),
            },
        }),
    });

    private static string Base64(JsonObject json) =>
        Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(json));

    private static List<double> Syncs(string folder, int count)
    {
        var took = new List<double>();
        var bytes = new byte[SyncBytes];
        var path = Path.Combine(folder, "bench-sync");
        using (var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write))
        {
            for (var i = 0; i < count; i++)
            {
                var from = Stopwatch.GetTimestamp();
                RandomAccess.Write(file, bytes, (long)i * SyncBytes);
                RandomAccess.FlushToDisk(file);
                took.Add(Stopwatch.GetElapsedTime(from).TotalMilliseconds);
            }
        }

        File.Delete(path);
        return took;
    }

    private static void Tell(string what, List<double> took) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{what}: p50 {Figures.Quantile(took, 0.5):0.00} ms, p99 {Figures.Quantile(took, 0.99):0.00} ms, "
        + $"longest {took.Max():0.00} ms over {took.Count}"));
}

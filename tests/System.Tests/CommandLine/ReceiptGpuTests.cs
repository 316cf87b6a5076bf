using System.Tests.Processes;
using Xunit;

namespace System.Tests.CommandLine;

/// <summary>What <c>aitbc receipt verify</c> tells of a device, offline.</summary>
public sealed class ReceiptGpuTests
{
    private const string Provider = "0x2B5AD5c4795c026514f8317c7a215E218DcCD6cF";
    private const string Asker = "0x6813Eb9362372EEF6200f3b1dbC3f819671cBA69";

    [Fact]
    public async Task It_says_to_whom_a_device_was_proven_when_and_by_what()
    {
        var run = await VerifyAsync("receipt-gpu.json");
        Assert.Equal(0, run.Exit);
        Assert.Contains(
            $"NVIDIA H200, proven to {Asker} at 2026-09-21 14:08:20Z (1024 MiB in 900 ms, 16 lanes checked)",
            run.Out,
            StringComparison.Ordinal);
        var gpu = (await VerifyAsync("receipt-gpu.json", "--json")).Json.GetProperty("gpu");
        Assert.Equal("proven", gpu.GetProperty("state").GetString());
        Assert.Equal(Asker, gpu.GetProperty("asker").GetString());
    }

    [Fact]
    public async Task Who_asks_for_another_asker_is_refused_and_a_receipt_without_a_device_says_nothing_of_one()
    {
        Assert.Equal(0, (await VerifyAsync("receipt-gpu.json", "--gpu-asker", Asker)).Exit);
        var other = await VerifyAsync("receipt-gpu.json", "--gpu-asker", Provider);
        Assert.Equal(1, other.Exit);
        Assert.Contains("BadGpuProof", other.Out, StringComparison.Ordinal);
        Assert.Equal(1, (await VerifyAsync("receipt.json", "--gpu-asker", Asker)).Exit);
        var none = await VerifyAsync("receipt.json");
        Assert.Equal(0, none.Exit);
        Assert.DoesNotContain("GPU", none.Out, StringComparison.Ordinal);
    }

    private static Task<ProgramRun> VerifyAsync(string vector, params string[] more) => ProgramRun.CliAsync(
        ["receipt", "verify", Path.Combine(Built.Root, "specs", "vectors", vector), "--provider", Provider, .. more]);
}

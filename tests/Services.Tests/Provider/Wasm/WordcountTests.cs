using System.Diagnostics;
using System.Text;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Engines.Wasm;
using CsCheck;
using Xunit;

namespace Services.Tests.Provider.Wasm;

public sealed class WordcountTests
{
    [Fact]
    public void The_sample_answers_as_the_native_computation_for_random_inputs()
    {
        using var sandbox = new WasmSandbox(Wat.SmallLimits(), TimeProvider.System);
        var module = SampleProgram.Wordcount();
        // Whitespace often enough that words and lines are many, and every byte value now and then.
        var space = Gen.Int[0, 9].Select(i => (byte)(i < 5 ? 9 + i : i < 8 ? 32 : 8 + (i * 3)));
        var bytes = Gen.Frequency((3, space), (7, Gen.Byte)).Array[0, 2000];

        bytes.Sample(
            input =>
            {
                var outcome = sandbox.RunAsync(Wat.Run(module, input), CancellationToken.None).GetAwaiter().GetResult();
                return outcome.Succeeded
                    && Encoding.ASCII.GetString(outcome.Output.Span) == SampleProgram.Native(input);
            },
            iter: 200);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(300_000)]
    public async Task The_sample_reads_inputs_around_its_buffer_size(int length)
    {
        var input = new byte[length];
        new Random(length).NextBytes(input);

        var outcome = await Wat.RunAsync(SampleProgram.Wordcount(), input, 40_000_000);

        Assert.Equal(EngineEnds.Completed, outcome.End);
        Assert.Equal(SampleProgram.Native(input), Encoding.ASCII.GetString(outcome.Output.Span));
    }

    [Fact]
    public void The_sample_is_small() => Assert.InRange(SampleProgram.Wordcount().Length, 1, 200 * 1024);

    [Fact]
    public async Task Rebuilding_the_sample_gives_the_committed_bytes()
    {
        var tool = Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, "wat2wasm")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(tool is null, "wat2wasm is not installed");
        var rebuilt = Path.Combine(Path.GetTempPath(), $"wordcount-{Guid.NewGuid():N}.wasm");
        try
        {
            using var process = Process.Start(
                tool!, [Path.Combine(SampleProgram.Folder, "wordcount.wat"), "-o", rebuilt]);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);

            Assert.Equal(0, process.ExitCode);
            Assert.Equal(SampleProgram.Wordcount(), await File.ReadAllBytesAsync(
                rebuilt, TestContext.Current.CancellationToken));
        }
        finally
        {
            File.Delete(rebuilt);
        }
    }
}

using System.Buffers;
using Docker.DotNet;
using Docker.DotNet.Models;
using ContainerSpec = Aitbc.Sdk.Jobs.ContainerSpec;

namespace Aitbc.Provider.Engines.Container;

/// <summary>
/// Runs one container from its start to its removal (specs/provider/containers.md). Whatever happens in between, it is
/// gone afterwards, or found by the next sweep.
/// </summary>
internal sealed class ContainerSandbox(ContainerLimits limits, ContainerHost host, TimeProvider time)
{
    private const int PieceBytes = 64 * 1024;
    private const long Killed = 128 + 9;
    private static readonly EngineOutcome Away =
        EngineOutcome.Fail(EngineEnds.EngineUnreachable, "The container engine does not answer.");

    public async Task<EngineOutcome> RunAsync(
        ContainerSpec spec, ReadOnlyMemory<byte> input, CancellationToken cancel)
    {
        if (host.Client() is not { } client)
            return Away;
        ContainerImage? image;
        try
        {
            await host.SweepAsync(client, cancel);
            image = await ContainerHost.FindImageAsync(client, spec.Image, cancel);
        }
        catch (Exception away) when (ContainerHost.IsAway(away, cancel))
        {
            return Away;
        }

        if (image is null)
            return EngineOutcome.Fail(EngineEnds.ImageMissing, "The image is not on this machine.");
        var name = host.Begin();
        try
        {
            return await RunAsync(client, spec, image, name, input, cancel);
        }
        catch (Exception fault) when (ContainerHost.IsAway(fault, cancel))
        {
            return EngineOutcome.Fail(EngineEnds.EngineFault, "The container engine failed.");
        }
        finally
        {
            await host.EndAsync(client, name);
        }
    }

    private async Task<EngineOutcome> RunAsync(
        DockerClient client, ContainerSpec spec, ContainerImage image, string name, ReadOnlyMemory<byte> input,
        CancellationToken cancel)
    {
        var containers = client.Containers;
        using var patience = ContainerHost.Patience(cancel);
        await containers.CreateContainerAsync(
            ContainerShape.Of(spec, image, name, limits.User, host.Labels), patience.Token);
        var made = await containers.InspectContainerAsync(name, patience.Token);
        if (ContainerShape.Difference(spec, made.HostConfig) is { } missing)
            return EngineOutcome.Fail(EngineEnds.EngineFault, $"The container engine does not give {missing}.");
        // Before the start, so that nothing of the output is missed.
        using var from = await AttachAsync(containers, name, isInput: false, patience.Token);
        using var to = await AttachAsync(containers, name, isInput: true, patience.Token);
        if (!await containers.StartContainerAsync(name, new ContainerStartParameters(), patience.Token))
            return EngineOutcome.Fail(EngineEnds.EngineFault, "The container did not start.");
        var started = time.GetTimestamp();
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(spec.MaxSeconds), time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, deadline.Token);
        try
        {
            var output = await TalkAsync(from, to, input, (int)spec.MaxOutputBytes, stop.Token);
            if (output is null)
                return Fail(
                    EngineEnds.OutputExceeded, $"The output has more than {spec.MaxOutputBytes} bytes.", spec, started);
            // A program may close its output and go on.
            await containers.WaitContainerAsync(name, stop.Token);
            return await EndOfAsync(containers, name, output.WrittenMemory, spec, started, cancel);
        }
        catch (Exception e) when (deadline.IsCancellationRequested && !cancel.IsCancellationRequested
            && (e is OperationCanceledException || ContainerHost.IsAway(e, cancel)))
        {
            return Fail(
                EngineEnds.TimeExceeded, $"It did not end within {spec.MaxSeconds} s.", spec, started);
        }
    }

    /// <summary>Gives the input and takes the output, at the same time; null = there was too much of it.</summary>
    private static async Task<ArrayBufferWriter<byte>?> TalkAsync(
        MultiplexedStream from, MultiplexedStream to, ReadOnlyMemory<byte> input, int most, CancellationToken cancel)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var giving = Task.WhenAll(GiveAsync(to, input, done.Token), DrainAsync(to, done.Token));
        try
        {
            return await TakeAsync(from, most, cancel);
        }
        finally
        {
            // A program need not read all of its input.
            await done.CancelAsync();
            await giving;
        }
    }

    /// <summary>
    /// Input and output go over connections of their own: podman gives a connection up whose input the program no
    /// longer reads, and the output on it is lost. What comes on that of the input must be read, or podman waits.
    /// </summary>
    private static Task<MultiplexedStream> AttachAsync(
        IContainerOperations containers, string name, bool isInput, CancellationToken cancel) =>
        containers.AttachContainerAsync(
            name,
            new ContainerAttachParameters { Stream = true, Stdin = isInput, Stdout = true, Stderr = true },
            cancel);

    private static async Task DrainAsync(MultiplexedStream stream, CancellationToken cancel)
    {
        var piece = new byte[PieceBytes];
        try
        {
            while (!(await stream.ReadOutputAsync(piece, 0, piece.Length, cancel)).EOF)
            {
                // It comes on the other connection too.
            }
        }
        catch (Exception e) when (e is OperationCanceledException || ContainerHost.IsAway(e, cancel))
        {
            // The program has left its input.
        }
    }

    private static async Task GiveAsync(MultiplexedStream stream, ReadOnlyMemory<byte> input, CancellationToken cancel)
    {
        try
        {
            for (var at = 0; at < input.Length; at += PieceBytes)
            {
                var piece = input.Slice(at, Math.Min(PieceBytes, input.Length - at)).ToArray();
                await stream.WriteAsync(piece, 0, piece.Length, cancel);
            }

            stream.CloseWrite();
        }
        catch (Exception e) when (e is OperationCanceledException || ContainerHost.IsAway(e, cancel))
        {
            // It has closed its input, or it has ended; what it says in its output is what counts.
        }
    }

    private static async Task<ArrayBufferWriter<byte>?> TakeAsync(
        MultiplexedStream stream, int most, CancellationToken cancel)
    {
        var output = new ArrayBufferWriter<byte>();
        var piece = new byte[PieceBytes];
        while (true)
        {
            var read = await stream.ReadOutputAsync(piece, 0, piece.Length, cancel);
            if (read.EOF)
                return output;
            // Standard error is taken, so that no program waits for a reader, and forgotten.
            if (read.Target != MultiplexedStream.TargetStream.StandardOut)
                continue;
            if (output.WrittenCount + read.Count > most)
                return null;
            output.Write(piece.AsSpan(0, read.Count));
        }
    }

    private async Task<EngineOutcome> EndOfAsync(
        IContainerOperations containers, string name, ReadOnlyMemory<byte> output, ContainerSpec spec, long started,
        CancellationToken cancel)
    {
        var units = Units(spec, started);
        using var patience = ContainerHost.Patience(cancel);
        var state = (await containers.InspectContainerAsync(name, patience.Token)).State;
        return state switch
        {
            null or { Running: true } =>
                EngineOutcome.Fail(EngineEnds.EngineFault, "The container engine does not say how it ended.", units),
            { OOMKilled: true } =>
                EngineOutcome.Fail(EngineEnds.MemoryExceeded, $"It needs more than {spec.MaxMemoryMib} MiB.", units),
            // Not every engine says it.
            { ExitCode: Killed } => EngineOutcome.Fail(
                EngineEnds.ExitedWithCode,
                $"It was killed, as programs are that need more than {spec.MaxMemoryMib} MiB.",
                units),
            { ExitCode: not 0 } =>
                EngineOutcome.Fail(EngineEnds.ExitedWithCode, $"It ended with exit code {state.ExitCode}.", units),
            _ => EngineOutcome.Complete(output, units),
        };
    }

    private EngineOutcome Fail(string end, string detail, ContainerSpec spec, long started) =>
        EngineOutcome.Fail(end, detail, Units(spec, started));

    /// <summary>Seconds that were begun; never more than were paid for.</summary>
    private ulong Units(ContainerSpec spec, long started)
    {
        var seconds = (ulong)Math.Ceiling(time.GetElapsedTime(started).TotalSeconds);
        return Math.Clamp(seconds, 1, spec.MaxSeconds);
    }
}

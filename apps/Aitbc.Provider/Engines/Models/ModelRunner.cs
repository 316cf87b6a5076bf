using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Aitbc.Provider.Engines.Models;

/// <summary>
/// What is the same for every call of every server of models: limits, a slot, a deadline, own counts, and a code for
/// each way in which it can fail.
/// </summary>
internal sealed class ModelRunner(ModelLimits limits, TimeProvider time)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromMinutes(10);

    public ModelSlots Slots { get; } = new(limits.SlotsPerModel, limits.QueuePerModel, time);

    /// <summary>Runs <paramref name="work"/>, which gives pieces and the end, or throws.</summary>
    public async IAsyncEnumerable<EnginePiece> StreamAsync(
        ModelCall call,
        Queueing queueing,
        Func<Tally, CancellationToken, IAsyncEnumerable<EnginePiece>> work,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        if (call.Problem(limits) is { } problem)
        {
            yield return new EndPiece(EngineOutcome.Fail(EngineEnds.RequestInvalid, problem));
            yield break;
        }

        using var place = Reserve(call.Model, queueing);
        if (place is null)
        {
            yield return new EndPiece(Busy(call.Model));
            yield break;
        }

        var tally = new Tally();
        using var deadline = Deadline(limits.MaxWallMs, cancellation);
        // The deadline of the call is no cancellation by the reader: it is an end with a code.
        EngineOutcome? EndOf(Exception e) => cancellation.IsCancellationRequested && e is OperationCanceledException
            ? null : Failure(e, call.Model) is { } end ? end with { Units = (ulong)tally.Deltas } : null;
        var pieces = InSlotAsync(place, call, tally, work, deadline.Token);
        await foreach (var piece in EngineRun.EndAsync(pieces, EndOf, cancellation))
            yield return piece;
    }

    public async Task<Embeddings> EmbedAsync(
        EmbedCall call,
        Queueing queueing,
        Func<CancellationToken, Task<Embeddings>> work,
        CancellationToken cancellation)
    {
        if (call.Problem(limits) is { } problem)
            return Embeddings.Fail(EngineOutcome.Fail(EngineEnds.RequestInvalid, problem));
        using var place = Reserve(call.Model, queueing);
        if (place is null)
            return Embeddings.Fail(Busy(call.Model));
        using var deadline = Deadline(limits.MaxWallMs, cancellation);
        try
        {
            await place.EnterAsync(deadline.Token);
            return Checked(call, await work(deadline.Token));
        }
        catch (Exception e) when (!cancellation.IsCancellationRequested && Failure(e, call.Model) is { } end)
        {
            return Embeddings.Fail(end);
        }
    }

    /// <summary>Asks the server about itself; null when it does not answer in time or as it should.</summary>
    public async Task<T?> AskAsync<T>(Func<CancellationToken, Task<T?>> question, CancellationToken cancellation)
        where T : class
    {
        using var deadline = Deadline(limits.DetectMs, cancellation);
        try
        {
            return await question(deadline.Token);
        }
        catch (Exception absent) when (!cancellation.IsCancellationRequested && Failure(absent, "") is not null)
        {
            return null;
        }
    }

    private static async IAsyncEnumerable<EnginePiece> InSlotAsync(
        ModelSlots.Place place,
        ModelCall call,
        Tally tally,
        Func<Tally, CancellationToken, IAsyncEnumerable<EnginePiece>> work,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        await place.EnterAsync(cancellation);
        await foreach (var piece in work(tally, cancellation))
        {
            // More parts than tokens were allowed: the server does not keep to the limit, and need not go on.
            if (tally.Deltas > call.MaxOutputTokens)
                throw new UntrustedException($"The server sent more than {call.MaxOutputTokens} tokens.");
            yield return piece;
        }
    }

    private static Embeddings Checked(EmbedCall call, Embeddings embeddings)
    {
        if (!embeddings.Outcome.Succeeded)
            return embeddings;
        var vectors = embeddings.Vectors;
        var length = vectors.Count > 0 ? vectors[0].Length : 0;
        if (vectors.Count != call.Inputs.Count || vectors.Any(v => v.Length != length || !v.All(float.IsFinite))
            || length is 0 or > EmbedCall.MostDimensions || (call.Dimensions is { } wanted && wanted != length))
            throw new FormatException("The vectors are not those that were asked for.");
        return embeddings.Outcome.Units > call.WorstTokens
            ? throw new UntrustedException("The server counted more tokens than the texts have bytes.") : embeddings;
    }

    private ModelSlots.Place? Reserve(string model, Queueing queueing) =>
        queueing == Queueing.Owed ? Slots.ReserveForOwed(model) : Slots.TryReserve(model);

    private EngineOutcome Busy(string model) =>
        EngineOutcome.Fail(EngineEnds.Busy, $"All places of the model {model} are taken.")
            with
        { RetryAfter = Slots.RetryAfter(model) };

    /// <summary>
    /// Everything that a server or a socket can do to a call. Null for anything else: a defect here is none of these.
    /// </summary>
    private EngineOutcome? Failure(Exception fault, string model) => fault switch
    {
        UntrustedException => EngineOutcome.Fail(EngineEnds.EngineUntrusted, fault.Message),
        EngineStopException stop => stop.Outcome,
        ServerRefusedException refused => Refused(refused, model),
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } or
            HttpRequestException { HttpRequestError: HttpRequestError.NameResolutionError } =>
            EngineOutcome.Fail(EngineEnds.EngineUnreachable, "The server of the models does not answer."),
        _ when Chain(fault).Any(e => e is ResponseTooLargeException) => EngineOutcome.Fail(
            EngineEnds.OutputExceeded,
            $"The answer has more than {limits.MaxResponseBytes} bytes, or {limits.MaxLineBytes} in one line."),
        OperationCanceledException =>
            EngineOutcome.Fail(EngineEnds.TimeExceeded, $"The call took longer than {limits.MaxWallMs} ms."),
        HttpRequestException or IOException or JsonException or FormatException or InvalidOperationException
            or KeyNotFoundException =>
            EngineOutcome.Fail(EngineEnds.EngineFault, $"The server failed: {fault.GetType().Name}."),
        _ => null,
    };

    private static EngineOutcome Refused(ServerRefusedException refused, string model) => refused.StatusCode switch
    {
        HttpStatusCode.NotFound =>
            EngineOutcome.Fail(EngineEnds.ModelMissing, $"The model {model} is not installed here."),
        HttpStatusCode.BadRequest or HttpStatusCode.UnprocessableEntity or HttpStatusCode.RequestEntityTooLarge =>
            EngineOutcome.Fail(EngineEnds.RequestInvalid, "The server did not understand the request."),
        HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable =>
            EngineOutcome.Fail(EngineEnds.Busy, "The server is busy.") with
            {
                RetryAfter = refused.RetryAfter is { } after && after > TimeSpan.Zero && after < LongestRetry
                    ? after : TimeSpan.FromSeconds(1),
            },
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
            EngineOutcome.Fail(EngineEnds.EngineFault, "The server does not accept the key of this provider."),
        _ => EngineOutcome.Fail(EngineEnds.EngineFault, refused.Message),
    };

    private static IEnumerable<Exception> Chain(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
            yield return e;
    }

    private LinkedDeadline Deadline(int milliseconds, CancellationToken outer) =>
        new(TimeSpan.FromMilliseconds(milliseconds), time, outer);
}

/// <summary>The server said something about itself that cannot be true.</summary>
internal sealed class UntrustedException(string sentence) : Exception(sentence);

/// <summary>Ends a call with an outcome from wherever it was found out.</summary>
internal sealed class EngineStopException(EngineOutcome outcome) : Exception(outcome.Detail)
{
    public EngineOutcome Outcome { get; } = outcome;
}

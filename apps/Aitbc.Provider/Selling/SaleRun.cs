using System.Text;
using Aitbc.Primitives;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Payments;
using Aitbc.Sdk.Chain;
using Microsoft.Extensions.Logging;

namespace Aitbc.Provider.Selling;

/// <summary>
/// Makes one answer: from the engine's pieces to events, within what is covered. It belongs to no request: readers
/// come and go (specs/provider/streams.md).
/// </summary>
internal sealed class SaleRun(
    SaleOrder order, Grant grant, LiveAnswer answer, SaleBooks books, PaymentLimits limits, TimeProvider time,
    ILogger log) : IDisposable
{
    /// <summary>Events that a stream may be ahead of its foremost reader.</summary>
    private const int Window = 64;

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopped = new();
    private readonly StringBuilder _text = new();
    private ReadOnlyMemory<byte> _bytes;
    private readonly List<ulong> _tokensAt = [];
    private readonly long _startedAt = time.GetUtcNow().ToUnixTimeMilliseconds();
    private TaskCompletionSource? _raised;
    private AnswerHead? _head;
    private Cut? _cut;
    private bool _isSettled;

    private Meter Meter => order.Meter;

    /// <summary>Makes the answer to its end; what goes wrong is told to whoever reads it.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(stopping, _stopped.Token);
        try
        {
            await MakeAsync(both.Token, stopping);
        }
        catch (Exception e) when (e is PaymentRefusedException or ChainUnavailableException or RpcException
            or TransactionOutcomeUnknownException)
        {
            await RefuseAsync(e);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The process ends: as after a crash, nothing is charged, and the same payment is good at the next start.
            answer.Refuse(Unavailable("provider_starting", "The provider is stopping."));
        }
        catch (IOException unwritten) when (!_isSettled)
        {
            // The payment did not get to the disk: nothing was given, and its channel stays busy until a start has
            // looked.
            books.Answers.Forget(answer);
            answer.Refuse(unwritten);
        }
        catch (Exception defect)
        {
            log.LogError(defect, "An answer broke.");
            answer.Refuse(new SaleRefusedException(500, "internal", "The provider failed."));
        }
    }

    /// <summary>The client wants no more of it; false if it cannot be ended.</summary>
    public bool Stop()
    {
        if (order.Ware.CanBeEnded)
            _stopped.Cancel();
        return order.Ware.CanBeEnded;
    }

    /// <summary>
    /// Another voucher, and what the client has counted. Throws <see cref="VoucherRefusedException"/>.
    /// </summary>
    public async Task<SaleNote> RaiseAsync(UInt256 max, byte[] signature, ulong? tokens, int? number)
    {
        if (tokens is { } theirs && number is { } at && CountAt(at) is { } ours && ours != theirs)
        {
            var sentence = $"The client counted {theirs} tokens up to event {at}, the provider {ours}.";
            Volatile.Write(ref _cut, new Cut(TallyMismatch, sentence));
            Stop();
            throw new VoucherRefusedException(TallyMismatch, sentence);
        }

        await grant.RaiseAsync(max, signature);
        lock (_gate)
        {
            _raised?.TrySetResult();
            _raised = null;
        }

        return Note();
    }

    public const string TallyMismatch = "tally_mismatch";

    public void Dispose() => _stopped.Dispose();

    private async Task MakeAsync(CancellationToken stop, CancellationToken stopping)
    {
        EngineOutcome? outcome = null;
        var reason = "stop";
        try
        {
            await using var pieces = EngineRun.NumberAsync(order.Start(stop), log, stop).GetAsyncEnumerator(stop);
            while (await NextAsync(pieces))
            {
                var (_, piece) = pieces.Current;
                if (piece is EndPiece end)
                    outcome = end.Outcome;
                else if (piece is UsagePiece usage)
                    Meter.Count(usage);
                else if (await GiveAsync(piece, stop) is { } ends)
                {
                    reason = ends;
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (EndsHere(stopping))
        {
            outcome = null;
        }

        answer.Show();
        if (outcome is not null && !Meter.IsPaid(outcome))
            await BreakAsync(outcome);
        else if (outcome is null && !_isSettled)
            await RefuseAsync(
                new SaleRefusedException(409, VoucherRefusedException.Ended, "It was ended before it began."));
        else
            await FinishAsync(outcome, outcome?.FinishReason ?? reason);
    }

    // What the engine gives at one time is sent at one time; before it is waited for, everything is with the reader.
    private async ValueTask<bool> NextAsync(IAsyncEnumerator<NumberedPiece> pieces)
    {
        var next = pieces.MoveNextAsync();
        if (!next.IsCompleted)
            answer.Show();
        return await next;
    }

    /// <summary>
    /// Whether a cancelled answer ends with what was given of it: if its client wants that, and if the process ends and
    /// can charge just this. Else it is as after a crash.
    /// </summary>
    private bool EndsHere(CancellationToken stopping)
    {
        if (!stopping.IsCancellationRequested)
            return _stopped.IsCancellationRequested;
        if (!_isSettled || !order.Format.IsStream || !grant.ChargesWhatIsGiven)
            return false;
        Volatile.Write(ref _cut, new Cut("provider_stopping", "The provider stops; what was given is charged."));
        return true;
    }

    /// <summary>Gives a piece away; the reason to end if there is no room or cover for it.</summary>
    private async Task<string?> GiveAsync(EnginePiece piece, CancellationToken stop)
    {
        await SettleAsync(stop);
        if (!Meter.Covers(grant.Covered) && !await CoverAsync(stop))
            return "length";
        if (answer.Bytes > LiveAnswer.MostBytes)
            return "length";
        if (order.Format.IsStream && !await answer.RoomAsync(Window, limits.ReaderGrace, time, stop))
            return "stop";
        if (piece is TextPiece or ToolCallPiece)
        {
            Meter.Give();
            books.Recent.Count();
        }

        if (piece is TextPiece { IsThought: false } text)
            _text.Append(text.Text);
        else if (piece is BytesPiece bytes)
            _bytes = bytes.Bytes;
        if (order.Format.Piece(piece, answer.Count) is { } data)
            Append(data);
        if (Meter.Given % (ulong)limits.TokensPerTally == 0)
            Tell();
        // Who reads goes first: what follows may be much, and with few cores nobody else would run the reader.
        if (Meter.Given == 1)
            await Task.Yield();
        return null;
    }

    // The payment is settled when the engine has shown that it works, and before anything of that is given.
    private async Task SettleAsync(CancellationToken stop)
    {
        if (_isSettled)
            return;
        var response = await grant.SettleAsync(stop);
        _isSettled = true;
        if (order.Format.IsStream)
            answer.Open(_head = new AnswerHead(order.Format.MediaType, true, response));
    }

    /// <summary>Rests until the next token is covered; false if that does not come.</summary>
    private async Task<bool> CoverAsync(CancellationToken stop)
    {
        Tell();
        while (!Meter.Covers(grant.Covered))
        {
            Task raised;
            lock (_gate)
            {
                _raised ??= new(TaskCreationOptions.RunContinuationsAsynchronously);
                raised = _raised.Task;
            }

            // It may have come between the look and the wait.
            if (Meter.Covers(grant.Covered))
                return true;
            answer.Show();
            try
            {
                await raised.WaitAsync(limits.VoucherWait, time, stop);
            }
            catch (TimeoutException)
            {
                return false;
            }
        }

        return true;
    }

    private void Tell()
    {
        if (order.Format.IsStream && order.Format.Note(Note(), answer.Count) is { } note)
            Append(note);
    }

    private void Append(ReadOnlyMemory<byte> data)
    {
        lock (_gate)
            _tokensAt.Add(Meter.Given);
        answer.Add(data);
    }

    private ulong? CountAt(int number)
    {
        lock (_gate)
            return number >= 0 && number < _tokensAt.Count ? _tokensAt[number] : null;
    }

    private SaleNote Note() =>
        new(Meter.Given, grant.Charged(Meter.Running).ToString(), grant.Covered.ToString(), Meter.Cap.ToString());

    private async Task FinishAsync(EngineOutcome? outcome, string reason)
    {
        // An empty answer ends here without having been settled.
        await SettleAsync(CancellationToken.None);
        var free = grant.TakeFree(Meter.Tokens.Prompt + Meter.Tokens.Output);
        var charge = grant.Charged(Meter.Charge(grant.Covered, free));
        var note = Note() with
        {
            Charged = charge.ToString(),
            IsCut = outcome is null,
            PromptTokens = Meter.Tokens.Prompt,
            OutputTokens = Meter.Tokens.Output,
            FreeTokens = free,
            Outcome = outcome,
        };
        var head = _head ?? new AnswerHead(order.Format.MediaType, false, grant.Response(charge));
        var last = Volatile.Read(ref _cut) is { } cut
            ? order.Format.Failure(cut.Code, cut.Sentence, answer.Count)
            : order.Format.Finish(reason, note, answer.Count);
        // Answer and receipt are kept before it counts as charged: what is charged is never lost with this process.
        books.Answers.Keep(answer, head, [last]);
        books.Receipts.Keep(new SaleRecord(
            answer.Id, order, grant, charge, outcome?.Version ?? order.Ware.EngineVersion, Output(),
            _startedAt, time.GetUtcNow().ToUnixTimeMilliseconds()));
        await grant.CloseAsync(charge, Meter.Tokens);
        answer.Append(last);
        answer.Open(head);
        books.Answers.End(answer);
        books.Receipts.Sign(answer.Id);
        books.Records.Sold(note, charge);
    }

    private ReadOnlyMemory<byte> Output() => _bytes.IsEmpty ? Encoding.UTF8.GetBytes(_text.ToString()) : _bytes;

    /// <summary>The engine failed: nothing is charged for that.</summary>
    private async Task BreakAsync(EngineOutcome outcome)
    {
        await grant.ReleaseAsync();
        books.Answers.Forget(answer);
        if (_head is null)
        {
            answer.Refuse(SaleRefusals.Of(outcome, order.Ware));
            return;
        }

        answer.Append(order.Format.Failure(outcome.End, outcome.Detail, answer.Count));
        answer.End();
    }

    private async Task RefuseAsync(Exception reason)
    {
        await grant.ReleaseAsync();
        books.Answers.Forget(answer);
        answer.Refuse(reason);
    }

    private static SaleRefusedException Unavailable(string code, string sentence) =>
        new(503, code, sentence) { RetryAfter = TimeSpan.FromSeconds(1) };

    /// <summary>Why an answer ends that is not whole.</summary>
    private sealed record Cut(string Code, string Sentence);
}

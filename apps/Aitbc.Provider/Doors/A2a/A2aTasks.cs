using System.Text.Json.Nodes;
using Aitbc.Provider.Answers;
using Aitbc.Provider.Payments;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>
/// What became of tasks. A task is an answer and has its id, which only who paid was told: who knows it may see and end
/// the task, and nobody is told of others.
/// </summary>
internal sealed class A2aTasks(AnswerStore store, TaskBook book, SalesDesk desk)
{
    /// <summary>The task of an answer that was begun is known from now on.</summary>
    public void Begin(BegunSale sale, string? context)
    {
        book.Begin(sale.Answer.Id, context ?? sale.Answer.Id);
        _ = WatchAsync(sale);
    }

    /// <summary>The task as it is now; null if there is none, or none any more.</summary>
    public JsonObject? Find(string id) =>
        store.Find(id) is { } answer && IsTask(answer) && TaskShapes.Fold(answer.All()) is { } task
            ? task : book.Find(id);

    /// <summary>The answer of a task that is under way; null if it is not.</summary>
    public LiveAnswer? Running(string id) =>
        desk.Run(id) is not null && book.Find(id) is not null ? store.Find(id) : null;

    /// <summary>Ends a task that is under way, and gives it as it is then; null if it was over.</summary>
    public async Task<JsonObject?> CancelAsync(string id, CancellationToken cancel)
    {
        if (Running(id) is not { } answer || book.Find(id) is not { } known || desk.Run(id) is not { } run)
            return null;
        run.Stop();
        await answer.Ended.WaitAsync(cancel);
        if (IsTask(answer) && TaskShapes.Fold(answer.All()) is { } task && TaskShapes.IsTerminal(task))
            return task;
        // Nothing of it was given, so nothing of it is kept.
        known["status"]!["state"] = TaskShapes.Canceled;
        return known;
    }

    /// <summary>What became of a task without an answer.</summary>
    public static (string State, string Sentence) EndOf(Exception reason) => reason switch
    {
        SaleRefusedException { Code: VoucherRefusedException.Ended } ended => (TaskShapes.Canceled, ended.Message),
        SaleRefusedException refused => (TaskShapes.Failed, refused.Message),
        PaymentRefusedException refused => (TaskShapes.Failed, $"The payment was refused: {refused.Code}."),
        _ => (TaskShapes.Failed, "The payment could not be verified or written down."),
    };

    private static bool IsTask(LiveAnswer answer) =>
        answer.Head is { IsCompletedSuccessfully: true, Result.MediaType: TaskFormat.Lines };

    private async Task WatchAsync(BegunSale sale)
    {
        var id = sale.Answer.Id;
        await sale.Answer.Ended;
        if (sale.Answer.Head is { IsFaulted: true, Exception.InnerException: { } reason })
        {
            var (state, sentence) = EndOf(reason);
            book.End(id, state, sentence);
        }
        else if (TaskShapes.Fold(sale.Answer.All()) is { } task
            && (string)task["status"]!["state"]! is TaskShapes.Completed or TaskShapes.Canceled)
        {
            // What has failed within a stream is kept nowhere else.
            book.Forget(id);
        }
    }
}

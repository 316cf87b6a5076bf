using Aitbc.Provider.Answers;

namespace Aitbc.Provider.Selling;

/// <summary>An answer whose payment was taken.</summary>
/// <param name="Answer">The answer, under way or given before.</param>
/// <param name="Refusal">What a failure means to who asked; null for a failure that says so itself.</param>
internal sealed record BegunSale(LiveAnswer Answer, Func<Exception, SaleRefusedException?> Refusal)
{
    /// <summary>Throws <see cref="SaleRefusedException"/>; then nothing is charged.</summary>
    public async Task<AnswerHead> HeadAsync(CancellationToken cancel)
    {
        try
        {
            return await Answer.Head.WaitAsync(cancel);
        }
        catch (Exception e)
        {
            if (Refusal(e) is { } refusal)
                throw refusal;
            throw;
        }
    }
}

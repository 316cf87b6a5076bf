namespace Aitbc.Cli.Faults;

/// <summary>
/// A bad line: some requests never arrive, and of some the reply is lost after the other side has done what it was
/// asked. To the caller both look the same.
/// </summary>
/// <param name="random">Decides; its own, since calls come from many threads.</param>
internal sealed class LossyHandler(Random random) : DelegatingHandler(new SocketsHttpHandler())
{
    // Of a hundred.
    private const int Requests = 2;
    private const int Replies = 6;
    private readonly Lock gate = new();

    public int LostRequests { get; private set; }

    public int LostReplies { get; private set; }

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, CancellationToken cancellationToken)
    {
        int dice;
        lock (gate)
        {
            dice = random.Next(100);
            LostRequests += dice < Requests ? 1 : 0;
        }

        if (dice < Requests)
            throw new HttpRequestException("The request was lost.");
        var answer = await base.SendAsync(request, cancellationToken);
        if (dice >= Requests + Replies)
            return answer;
        lock (gate)
            LostReplies++;
        answer.Dispose();
        throw new HttpRequestException("The reply was lost.");
    }
}

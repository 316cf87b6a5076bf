using System.Collections.Concurrent;
using Aitbc.Primitives;

namespace Aitbc.Coordinator.Gateway;

/// <summary>
/// Which provider has which answer, for who resumes without saying it. A help only: whoever names the provider needs
/// none of it, also after a restart.
/// </summary>
internal sealed class AnswerPlaces
{
    private const int Most = 65_536;
    private readonly ConcurrentDictionary<string, Address> places = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> order = new();

    public void Remember(string answer, Address provider)
    {
        if (!places.TryAdd(answer, provider))
            return;
        order.Enqueue(answer);
        while (order.Count > Most && order.TryDequeue(out var oldest))
            places.TryRemove(oldest, out _);
    }

    public Address? Find(string answer) => places.TryGetValue(answer, out var provider) ? provider : null;
}

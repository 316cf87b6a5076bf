using System.Numerics;
using System.Text;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Reputation;

/// <summary>
/// Reading feedback and what it adds up to. The gas of the call bounds every loop: each turn is a load.
/// </summary>
internal sealed class FeedbackReading(CallFrame frame, UInt256 agent)
{
    private const int Decimals = FeedbackWriting.MaxDecimals;

    private readonly FeedbackStorage storage = new(frame, agent);

    public object?[] Read(Address client, ulong index)
    {
        FeedbackWriting.RequireIndex(index);
        new FeedbackWriting(frame, agent).RequireWithin(client, index);
        var score = storage.Score(client, index);
        var (tag1, tag2) = (storage.Tag(client, index, 1), storage.Tag(client, index, 2));
        return [score.Value, (UInt256)(ulong)score.Decimals, tag1, tag2, score.IsRevoked];
    }

    /// <summary>
    /// The mean of all values at 18 decimals, rounded to zero, then cut to the most frequent number of decimals (the
    /// smallest of several) and to int128, each as the reference does.
    /// </summary>
    public object?[] Summary(CallArguments clients, string tag1, string tag2)
    {
        if (clients.Count == 0)
            throw RevertException.Text("clientAddresses required");
        var (sum, count) = (BigInteger.Zero, 0UL);
        var frequency = new ulong[Decimals + 1];
        foreach (var (_, _, score) in Matching(Addresses(clients), tag1, tag2, includeRevoked: false))
        {
            sum += score.Value * BigInteger.Pow(10, Decimals - score.Decimals);
            frequency[score.Decimals]++;
            count++;
        }

        if (count == 0)
            return [UInt256.Zero, BigInteger.Zero, UInt256.Zero];
        var mode = Array.IndexOf(frequency, frequency.Max());
        var mean = sum / count / BigInteger.Pow(10, Decimals - mode);
        return [count, ToInt128(mean), (UInt256)(ulong)mode];
    }

    public object?[] ReadAll(CallArguments clients, string tag1, string tag2, bool includeRevoked)
    {
        List<object?>[] columns = [[], [], [], [], [], [], []];
        var from = clients.Count == 0 ? storage.Clients() : Addresses(clients);
        foreach (var (client, index, score) in Matching(from, tag1, tag2, includeRevoked))
        {
            var (first, second) = (storage.Tag(client, index, 1), storage.Tag(client, index, 2));
            frame.Charge(GasSchedule.Word * (ulong)(9 + Words(first) + Words(second)));
            object?[] row =
                [client, index, score.Value, (UInt256)(ulong)score.Decimals, first, second, score.IsRevoked];
            for (var i = 0; i < columns.Length; i++)
                columns[i].Add(row[i]);
        }

        return [.. columns.Select(c => c.ToArray())];
    }

    public ulong ResponseCount(Address client, ulong index, CallArguments responders)
    {
        var from = client.IsZero ? storage.Clients() : [client];
        var asked = responders.Count == 0 ? null : Addresses(responders);
        var count = 0UL;
        foreach (var of in from)
        {
            // One feedback is asked for only together with its client.
            var (first, last) = client.IsZero || index == 0 ? (1UL, storage.LastIndex(of)) : (index, index);
            for (var i = first; i <= last; i++)
            {
                foreach (var responder in asked ?? storage.Responders(of, i))
                    count += storage.Responses(of, i, responder);
                if (i == ulong.MaxValue)
                    break;
            }
        }

        return count;
    }

    private IEnumerable<(Address Client, ulong Index, FeedbackScore Score)> Matching(
        Address[] clients, string tag1, string tag2, bool includeRevoked)
    {
        foreach (var client in clients)
        {
            var last = storage.LastIndex(client);
            for (ulong index = 1; index <= last; index++)
            {
                var score = storage.Score(client, index);
                if ((includeRevoked || !score.IsRevoked)
                    && (tag1.Length == 0 || storage.Tag(client, index, 1) == tag1)
                    && (tag2.Length == 0 || storage.Tag(client, index, 2) == tag2))
                    yield return (client, index, score);
            }
        }
    }

    private static Address[] Addresses(CallArguments list)
    {
        var addresses = new Address[list.Count];
        for (var i = 0; i < addresses.Length; i++)
            addresses[i] = list.Address(i);
        return addresses;
    }

    private static int Words(string text) => (int)GasSchedule.Words(Encoding.UTF8.GetByteCount(text));

    private static BigInteger ToInt128(BigInteger value)
    {
        var low = value & ((BigInteger.One << 128) - 1);
        return low >= BigInteger.One << 127 ? low - (BigInteger.One << 128) : low;
    }
}

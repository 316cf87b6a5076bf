using System.Numerics;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Identity;
using Aitbc.Ledger.Contracts.Reputation;
using Aitbc.Primitives;
using CsCheck;
using Xunit;

namespace Core.Tests.Ledger.Contracts.Reputation;

/// <summary>Random feedback against a model that keeps it in one list.</summary>
public sealed class ReputationModelTests
{
    private static readonly string[] Tags = ["", "starred", "uptime"];

    [Fact]
    public void Feedback_adds_up_exactly_as_in_a_naive_model() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[1, 3], Gen.Long, Gen.Int[0, 18], Gen.Int[0, 2]).Array[1, 20].Sample(
            steps =>
            {
                var net = new Devnet();
                new ContractUser(net, SystemContracts.AgentIdentity).Do(0, IdentityAbi.Register);
                var reputation = new ContractUser(net, SystemContracts.AgentReputation);
                var model = new List<Given>();
                foreach (var (action, who, value, decimals, tag) in steps)
                {
                    var mine = model.FindAll(g => g.Client == who);
                    var index = (decimals % 4) + 1;
                    var expected = action > 0 || (index <= mine.Count && !mine[index - 1].IsRevoked);
                    var receipt = action > 0
                        ? reputation.Send(
                            who, ReputationAbi.GiveFeedback, default, UInt256.Zero, (BigInteger)value,
                            (UInt256)(ulong)decimals, Tags[tag], Tags[2 - tag], "", "", Hash256.Zero)
                        : reputation.Send(
                            who, ReputationAbi.RevokeFeedback, default, UInt256.Zero, (UInt256)(ulong)index);
                    Assert.Equal(expected, receipt.Succeeded);
                    if (action > 0)
                        model.Add(new Given(who, value, decimals, Tags[tag], Tags[2 - tag]));
                    else if (expected)
                        mine[index - 1].IsRevoked = true;
                }

                foreach (var tag in Tags)
                    AssertSummary(reputation, model, tag);
                AssertClients(reputation, model);
            },
            iter: 100);

    private static void AssertSummary(ContractUser reputation, List<Given> model, string tag)
    {
        var asked = new[] { 1, 3 };
        var found = model.FindAll(g => !g.IsRevoked && asked.Contains(g.Client) && (tag == "" || g.Tag1 == tag));
        object?[] expected = [UInt256.Zero, BigInteger.Zero, UInt256.Zero];
        if (found.Count > 0)
        {
            var mode = found.GroupBy(g => g.Decimals).OrderByDescending(g => g.Count()).ThenBy(g => g.Key).First().Key;
            var sum = found.Aggregate(BigInteger.Zero, (s, g) => s + (g.Value * BigInteger.Pow(10, 18 - g.Decimals)));
            var mean = BigInteger.Divide(sum, found.Count) / BigInteger.Pow(10, 18 - mode);
            expected = [(UInt256)(ulong)found.Count, mean, (UInt256)(ulong)mode];
        }

        object?[] clients = [.. asked.Select(a => (object?)reputation.Net.At(a))];
        Assert.Equal(expected, reputation.Read(ReputationAbi.GetSummary, UInt256.Zero, clients, tag, ""));
    }

    private static void AssertClients(ContractUser reputation, List<Given> model)
    {
        var net = reputation.Net;
        var clients = model.Select(g => g.Client).Distinct().ToArray();
        Assert.Equal(
            clients.Select(c => (object?)net.At(c)),
            (object?[])reputation.Read(ReputationAbi.GetClients, UInt256.Zero)[0]!);
        var all = reputation.Read(
            ReputationAbi.ReadAllFeedback, UInt256.Zero, Array.Empty<object?>(), "", "uptime", false);
        var expected = clients.SelectMany(c => model.Where(g => g.Client == c && !g.IsRevoked && g.Tag2 == "uptime"));
        Assert.Equal(
            expected.Select(g => ((object?)net.At(g.Client), (object?)(BigInteger)g.Value)),
            ((object?[])all[0]!).Zip((object?[])all[2]!));
    }

    private sealed record Given(int Client, long Value, int Decimals, string Tag1, string Tag2)
    {
        public bool IsRevoked { get; set; }
    }
}

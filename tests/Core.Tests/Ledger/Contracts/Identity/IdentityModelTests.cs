using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Identity;
using Aitbc.Primitives;
using CsCheck;
using Xunit;

namespace Core.Tests.Ledger.Contracts.Identity;

/// <summary>Random lives of agents against a model of lists and sets.</summary>
public sealed class IdentityModelTests
{
    private const int People = 4;

    [Fact]
    public void Agents_change_hands_exactly_as_in_a_naive_model() =>
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 3]).Array[1, 30].Sample(
            steps =>
            {
                var identity = new ContractUser(new Devnet(), SystemContracts.AgentIdentity);
                var model = new Model();
                foreach (var (action, who, from, to, agent) in steps)
                {
                    var expected = model.Apply(action, who, from, to, agent);
                    var (net, id) = (identity.Net, (UInt256)(ulong)agent);
                    var receipt = action switch
                    {
                        0 => identity.Send(who, IdentityAbi.Register, default),
                        1 => identity.Send(who, IdentityAbi.TransferFrom, default, net.At(from), net.At(to), id),
                        2 => identity.Send(who, IdentityAbi.Approve, default, net.At(to), id),
                        3 => identity.Send(who, IdentityAbi.SetApprovalForAll, default, net.At(to), agent > 1),
                        _ => identity.Send(who, IdentityAbi.UnsetAgentWallet, default, id),
                    };
                    Assert.Equal(expected, receipt.Succeeded);
                }

                model.AssertSame(identity);
            },
            iter: 100);

    private sealed class Model
    {
        private readonly List<(int Owner, int? Approved, int? Wallet)> agents = [];
        private readonly HashSet<(int Owner, int Operator)> operators = [];

        public bool Apply(int action, int who, int from, int to, int agent)
        {
            if (action == 0)
                agents.Add((who, null, who));
            else if (action == 3)
                _ = agent > 1 ? operators.Add((who, to)) : operators.Remove((who, to));
            else if (agent >= agents.Count)
                return false;
            else if (action == 1)
                return Transfer(who, from, to, agent);
            else if (action == 2)
                return Approve(who, to, agent);
            else if (MayAct(who, agents[agent]))
                agents[agent] = agents[agent] with { Wallet = null };
            else
                return false;
            return true;
        }

        public void AssertSame(ContractUser identity)
        {
            var net = identity.Net;
            Address Of(int? person) => person is { } key ? net.At(key) : Address.Zero;
            for (var i = 0; i < agents.Count; i++)
            {
                var id = (UInt256)(ulong)i;
                Assert.Equal(Of(agents[i].Owner), identity.Read(IdentityAbi.OwnerOf, id)[0]);
                Assert.Equal(Of(agents[i].Approved), identity.Read(IdentityAbi.GetApproved, id)[0]);
                Assert.Equal(Of(agents[i].Wallet), identity.Read(IdentityAbi.GetAgentWallet, id)[0]);
            }

            for (var person = 0; person < People; person++)
            {
                Assert.Equal(
                    (UInt256)(ulong)agents.Count(a => a.Owner == person),
                    identity.Read(IdentityAbi.BalanceOf, net.At(person))[0]);
            }
        }

        private bool Transfer(int who, int from, int to, int agent)
        {
            if (!MayAct(who, agents[agent]) || agents[agent].Owner != from)
                return false;
            agents[agent] = (to, null, null);
            return true;
        }

        private bool Approve(int who, int to, int agent)
        {
            var owner = agents[agent].Owner;
            if (owner != who && !operators.Contains((owner, who)))
                return false;
            agents[agent] = agents[agent] with { Approved = to };
            return true;
        }

        private bool MayAct(int who, (int Owner, int? Approved, int? Wallet) agent) =>
            agent.Owner == who || agent.Approved == who || operators.Contains((agent.Owner, who));
    }
}

using Aitbc.Ledger.Contracts.Identity;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Reputation;

/// <summary>The ERC-8004 reputation registry: anybody but an agent itself may say how it did.</summary>
internal sealed class ReputationRegistryContract : ISystemContract
{
    public static FunctionTable Functions { get; } = new FunctionTable()
        .Add(ReputationAbi.GetIdentityRegistry, (_, _) => [SystemContracts.AgentIdentity])
        .Add(ReputationAbi.GiveFeedback, (f, a) => new FeedbackWriting(f, a.Number(0)).Give(a))
        .Add(ReputationAbi.RevokeFeedback, (f, a) => new FeedbackWriting(f, a.Number(0)).Revoke(Index(a, 1)))
        .Add(
            ReputationAbi.AppendResponse,
            (f, a) => new FeedbackWriting(f, a.Number(0)).Respond(a.Address(1), Index(a, 2), a.Text(3), a.Word(4)))
        .Add(
            ReputationAbi.GetSummary,
            (f, a) => new FeedbackReading(f, a.Number(0)).Summary(a.Items(1), a.Text(2), a.Text(3)))
        .Add(
            ReputationAbi.ReadFeedback,
            (f, a) => new FeedbackReading(f, a.Number(0)).Read(a.Address(1), Index(a, 2)))
        .Add(
            ReputationAbi.ReadAllFeedback,
            (f, a) => new FeedbackReading(f, a.Number(0)).ReadAll(a.Items(1), a.Text(2), a.Text(3), a.Flag(4)))
        .Add(
            ReputationAbi.GetResponseCount,
            (f, a) => [new FeedbackReading(f, a.Number(0)).ResponseCount(a.Address(1), Index(a, 2), a.Items(3))])
        .Add(
            ReputationAbi.GetClients,
            (f, a) => [new FeedbackStorage(f, a.Number(0)).Clients().Cast<object?>().ToArray()])
        .Add(ReputationAbi.GetLastIndex, (f, a) => [new FeedbackStorage(f, a.Number(0)).LastIndex(a.Address(1))])
        .Add(ReputationAbi.GetVersion, (_, _) => [IdentityRegistryContract.Version]);

    public Address Address => SystemContracts.AgentReputation;

    public byte[] Execute(CallFrame frame) => Functions.Execute(frame);

    private static ulong Index(CallArguments arguments, int at) => (ulong)arguments.Number(at);
}

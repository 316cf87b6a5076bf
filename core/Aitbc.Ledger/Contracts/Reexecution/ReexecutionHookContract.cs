using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Reexecution;

/// <summary>
/// The native hook of the job escrow: who doubts the result of a deterministic job has it executed again by a
/// committee that its terms named, and the majority decides (specs/contracts/reexecution.md).
/// </summary>
internal sealed class ReexecutionHookContract : ISystemContract
{
    // ERC-165 and IERC8183Hook.
    private static readonly byte[][] Interfaces = [[0x01, 0xff, 0xc9, 0xa7], [0x7f, 0xf6, 0xbc, 0x9e]];

    public static FunctionTable Functions { get; } = new FunctionTable()
        .Add(EscrowHooks.Before, (f, a) => new DisputeGate(f, a.Number(0)).Before(a.Bytes(1)))
        .Add(EscrowHooks.After, (f, a) => new DisputeGate(f, a.Number(0)).After(a.Bytes(1), a.Bytes(2)))
        .AddPayable(ReexecutionAbi.Dispute, (f, a) =>
        {
            new DisputeVerdict(f, a.Number(0)).Open();
            return [];
        })
        .Add(ReexecutionAbi.Vote, (f, a) => new DisputeVerdict(f, a.Number(0)).Vote(f.Caller, a.Word(1)))
        .Add(
            ReexecutionAbi.VoteFor,
            (f, a) => new DisputeVerdict(f, a.Number(0)).VoteFor(a.Address(1), a.Word(2), a.Bytes(3)))
        .Add(ReexecutionAbi.Disputes, (f, a) => State(new DisputeSlots(f, a.Number(0))))
        .Add(ReexecutionAbi.DisputeTerms, (f, a) => Terms(new DisputeSlots(f, a.Number(0))))
        .Add(ReexecutionAbi.ClaimedResult, (f, a) => [new DisputeSlots(f, a.Number(0)).Claimed])
        .Add(ReexecutionAbi.VoteOf, (f, a) => [new DisputeSlots(f, a.Number(0)).VoteOf(a.Address(1))])
        .Add(ReexecutionAbi.TotalHeld, (f, _) => [f.Load(DisputeSlots.HeldSlot)])
        .Add(
            ReexecutionAbi.SupportsInterface,
            (_, a) => [Interfaces.Any(i => i.AsSpan().SequenceEqual(a.Bytes(0)))])
        .Add(ReexecutionAbi.Eip712Domain, (f, _) => DisputeVerdict.Describe(f));

    public Address Address => SystemContracts.ReexecutionHook;

    public Hash256? HeldSlot => DisputeSlots.HeldSlot;

    public byte[] Execute(CallFrame frame) => Functions.Execute(frame);

    private static object?[] State(DisputeSlots dispute) =>
        [(ulong)dispute.State, dispute.Disputer, dispute.Stake, dispute.Deadline, dispute.Result];

    private static object?[] Terms(DisputeSlots dispute) =>
        [dispute.Reexecutors.Cast<object?>().ToArray(), dispute.Bond, dispute.Fee, dispute.VotingTime];
}

using System.Numerics;
using System.Text;
using Aitbc.Ledger.Contracts.Identity;
using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Reputation;

/// <summary>Giving and revoking feedback, and answering it.</summary>
internal sealed class FeedbackWriting(CallFrame frame, UInt256 agent)
{
    public const int MaxDecimals = 18;
    public static readonly BigInteger MaxValue = BigInteger.Pow(10, 38);

    private readonly FeedbackStorage storage = new(frame, agent);

    public void Give(CallArguments feedback)
    {
        var (value, decimals) = (feedback.Signed(1), feedback.Number(2));
        var (tag1, tag2) = (feedback.Text(3), feedback.Text(4));
        if (decimals > MaxDecimals)
            throw RevertException.Text("too many decimals");
        if (BigInteger.Abs(value) > MaxValue)
            throw RevertException.Text("value too large");
        if (SpeaksForAgent())
            throw RevertException.Text("Self-feedback not allowed");
        var client = frame.Caller;
        var index = storage.LastIndex(client) + 1;
        storage.SetLastIndex(client, index);
        storage.SetScore(client, index, new FeedbackScore(value, (int)(ulong)decimals, false));
        storage.SetTag(client, index, 1, tag1);
        storage.SetTag(client, index, 2, tag2);
        storage.AddClient(client);
        frame.Charge(GasSchedule.HashWord * GasSchedule.Words(Encoding.UTF8.GetByteCount(tag1)));
        frame.Emit(ReputationAbi.NewFeedback.Encode(
            agent, client, index, value, decimals, tag1, tag1, tag2, feedback.Text(5), feedback.Text(6),
            feedback.Word(7)));
    }

    public void Revoke(ulong index)
    {
        var client = frame.Caller;
        RequireIndex(index);
        RequireWithin(client, index);
        var score = storage.Score(client, index);
        if (score.IsRevoked)
            throw RevertException.Text("Already revoked");
        storage.SetScore(client, index, score with { IsRevoked = true });
        frame.Emit(ReputationAbi.FeedbackRevoked.Encode(agent, client, index));
    }

    public void Respond(Address client, ulong index, string uri, Hash256 hash)
    {
        RequireIndex(index);
        if (uri.Length == 0)
            throw RevertException.Text("Empty URI");
        RequireWithin(client, index);
        storage.AddResponder(client, index, frame.Caller);
        storage.SetResponses(client, index, frame.Caller, storage.Responses(client, index, frame.Caller) + 1);
        frame.Emit(ReputationAbi.ResponseAppended.Encode(agent, client, index, frame.Caller, uri, hash));
    }

    public static void RequireIndex(ulong index)
    {
        if (index == 0)
            throw RevertException.Text("index must be > 0");
    }

    public void RequireWithin(Address client, ulong index)
    {
        if (index > storage.LastIndex(client))
            throw RevertException.Text("index out of bounds");
    }

    // Owner, approved and operators; the identity registry refuses an unknown agent and its reason is passed on.
    private bool SpeaksForAgent()
    {
        var question = IdentityAbi.IsAuthorizedOrOwner.EncodeCall(frame.Caller, agent);
        var answer = frame.Call(SystemContracts.AgentIdentity, default, question);
        return answer.Succeeded
            ? (bool)IdentityAbi.IsAuthorizedOrOwner.DecodeResult(answer.ReturnData.Span)[0]!
            : throw new RevertException(answer.ReturnData.ToArray());
    }
}

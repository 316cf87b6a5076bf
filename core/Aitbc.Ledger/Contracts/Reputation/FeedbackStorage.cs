using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Reputation;

/// <summary>The slots of one agent's feedback, in the namespace of the reference.</summary>
internal sealed class FeedbackStorage(CallFrame frame, UInt256 agent)
{
    public static readonly Hash256 Registry = SolidityLayout.Namespace("erc8004.reputation.registry.2");

    public ulong LastIndex(Address client) => (ulong)frame.Load(LastIndexSlot(client));

    public void SetLastIndex(Address client, ulong index) => frame.Store(LastIndexSlot(client), index);

    public FeedbackScore Score(Address client, ulong index) =>
        FeedbackScore.Unpack(frame.Load(FeedbackSlot(client, index)));

    public void SetScore(Address client, ulong index, FeedbackScore score) =>
        frame.Store(FeedbackSlot(client, index), score.Pack());

    /// <summary>Tag 1 or tag 2.</summary>
    public string Tag(Address client, ulong index, ulong number) =>
        StorageText.ReadString(frame, SolidityLayout.Offset(FeedbackSlot(client, index), number));

    public void SetTag(Address client, ulong index, ulong number, string tag) =>
        StorageText.Write(frame, SolidityLayout.Offset(FeedbackSlot(client, index), number), tag);

    /// <summary>Everybody who gave feedback, in the order of their first.</summary>
    public Address[] Clients() => List(ClientsSlot);

    public void AddClient(Address client)
    {
        if (!Add(SolidityLayout.Mapping(client, SolidityLayout.Mapping(agent, At(6)))))
            return;
        Append(ClientsSlot, client);
    }

    public Address[] Responders(Address client, ulong index) => List(RespondersSlot(client, index));

    public void AddResponder(Address client, ulong index, Address responder)
    {
        if (!Add(SolidityLayout.Mapping(responder, OfFeedback(client, index, 4))))
            return;
        Append(RespondersSlot(client, index), responder);
    }

    public ulong Responses(Address client, ulong index, Address responder) =>
        (ulong)frame.Load(ResponsesSlot(client, index, responder));

    public void SetResponses(Address client, ulong index, Address responder, ulong count) =>
        frame.Store(ResponsesSlot(client, index, responder), count);

    private Hash256 ClientsSlot => SolidityLayout.Mapping(agent, At(5));

    private Hash256 FeedbackSlot(Address client, ulong index) => OfFeedback(client, index, 0);

    private Hash256 LastIndexSlot(Address client) =>
        SolidityLayout.Mapping(client, SolidityLayout.Mapping(agent, At(1)));

    private Hash256 ResponsesSlot(Address client, ulong index, Address responder) =>
        SolidityLayout.Mapping(responder, OfFeedback(client, index, 2));

    private Hash256 RespondersSlot(Address client, ulong index) => OfFeedback(client, index, 3);

    private Hash256 OfFeedback(Address client, ulong index, ulong field) => SolidityLayout.Mapping(
        (UInt256)index, SolidityLayout.Mapping(client, SolidityLayout.Mapping(agent, At(field))));

    private static Hash256 At(ulong field) => SolidityLayout.Offset(Registry, field);

    private bool Add(Hash256 flag)
    {
        if (!frame.Load(flag).IsZero)
            return false;
        frame.Store(flag, UInt256.One);
        return true;
    }

    private Address[] List(Hash256 slot)
    {
        // Every item is a load of its own, so the gas of the call bounds the list that is made.
        var (count, first) = (frame.Load(slot), SolidityLayout.Items(slot));
        var items = new List<Address>();
        for (ulong i = 0; i < (ulong)count; i++)
            items.Add(SolidityLayout.ToAddress(frame.Load(SolidityLayout.Offset(first, i))));
        return [.. items];
    }

    private void Append(Hash256 slot, Address item)
    {
        var count = frame.Load(slot);
        frame.Store(slot, count + 1UL);
        frame.Store(SolidityLayout.Offset(SolidityLayout.Items(slot), count), SolidityLayout.ToWord(item));
    }
}

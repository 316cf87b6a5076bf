using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Identity;

/// <summary>Agents as ERC-721 tokens: who owns one, who may act for its owner, and how it changes hands.</summary>
internal sealed class AgentTokens(CallFrame frame)
{
    private readonly IdentityStorage storage = new(frame);

    public UInt256 BalanceOf(Address owner) =>
        owner.IsZero ? throw IdentityAbi.InvalidOwner(owner) : storage.BalanceOf(owner);

    public Address OwnerOf(UInt256 id)
    {
        var owner = storage.OwnerOf(id);
        return owner.IsZero ? throw IdentityAbi.NonexistentToken(id) : owner;
    }

    public Address GetApproved(UInt256 id)
    {
        OwnerOf(id);
        return storage.ApprovedOf(id);
    }

    public bool IsAuthorized(Address owner, Address spender, UInt256 id) =>
        !spender.IsZero
        && (owner == spender || storage.IsOperator(owner, spender) || storage.ApprovedOf(id) == spender);

    public void Approve(Address to, UInt256 id)
    {
        var owner = OwnerOf(id);
        if (owner != frame.Caller && !storage.IsOperator(owner, frame.Caller))
            throw IdentityAbi.InvalidApprover(frame.Caller);
        storage.SetApproved(id, to);
        frame.Emit(IdentityAbi.Approval.Encode(owner, to, id));
    }

    public void SetApprovalForAll(Address account, bool isApproved)
    {
        if (account.IsZero)
            throw IdentityAbi.InvalidOperator(account);
        storage.SetOperator(frame.Caller, account, isApproved);
        frame.Emit(IdentityAbi.ApprovalForAll.Encode(frame.Caller, account, isApproved));
    }

    public void Mint(UInt256 id)
    {
        var to = frame.Caller;
        if (to.IsZero)
            throw IdentityAbi.InvalidReceiver(to);
        storage.SetBalance(to, storage.BalanceOf(to) + 1UL);
        storage.SetOwner(id, to);
        frame.Emit(IdentityAbi.Transfer.Encode(Address.Zero, to, id));
        RequireReceiver(to);
    }

    public void Transfer(Address from, Address to, UInt256 id)
    {
        if (to.IsZero)
            throw IdentityAbi.InvalidReceiver(to);
        var owner = OwnerOf(id);
        if (!IsAuthorized(owner, frame.Caller, id))
            throw IdentityAbi.InsufficientApproval(frame.Caller, id);
        if (owner != from)
            throw IdentityAbi.IncorrectOwner(from, id, owner);
        // A wallet that the last owner proved must not speak for the next one.
        new AgentMetadata(frame).Set(id, AgentMetadata.WalletKey, []);
        storage.SetApproved(id, default);
        storage.SetBalance(owner, storage.BalanceOf(owner) - 1UL);
        storage.SetBalance(to, storage.BalanceOf(to) + 1UL);
        storage.SetOwner(id, to);
        frame.Emit(IdentityAbi.Transfer.Encode(owner, to, id));
    }

    public void SafeTransfer(Address from, Address to, UInt256 id)
    {
        Transfer(from, to, id);
        RequireReceiver(to);
    }

    // Only system contracts have code, and none of them takes tokens (onERC721Received).
    private static void RequireReceiver(Address to)
    {
        if (!SystemContracts.CodeOf(to).IsEmpty)
            throw IdentityAbi.InvalidReceiver(to);
    }
}

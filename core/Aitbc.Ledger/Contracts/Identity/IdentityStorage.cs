using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Identity;

/// <summary>
/// The slots of the identity registry: the namespaces of its ERC-721, of its URI storage and its own, as the
/// reference lays them out.
/// </summary>
internal sealed class IdentityStorage(CallFrame frame)
{
    public static readonly Hash256 Token = SolidityLayout.Namespace("openzeppelin.storage.ERC721");
    public static readonly Hash256 Uris = SolidityLayout.Namespace("openzeppelin.storage.ERC721URIStorage");
    public static readonly Hash256 Registry = SolidityLayout.Namespace("erc8004.identity.registry");

    // Slots 0 and 1 of the token would be its name and symbol, which are constants here.
    private static readonly Hash256 Owners = SolidityLayout.Offset(Token, 2UL);
    private static readonly Hash256 Balances = SolidityLayout.Offset(Token, 3UL);
    private static readonly Hash256 Approvals = SolidityLayout.Offset(Token, 4UL);
    private static readonly Hash256 Operators = SolidityLayout.Offset(Token, 5UL);
    private static readonly Hash256 Metadata = SolidityLayout.Offset(Registry, 1UL);

    /// <summary>The id that the next agent gets; the first is 0.</summary>
    public UInt256 NextId
    {
        get => frame.Load(Registry);
        set => frame.Store(Registry, value);
    }

    /// <summary>The owner, or zero if there is no such agent.</summary>
    public Address OwnerOf(UInt256 id) => SolidityLayout.ToAddress(frame.Load(SolidityLayout.Mapping(id, Owners)));

    public void SetOwner(UInt256 id, Address owner) =>
        frame.Store(SolidityLayout.Mapping(id, Owners), SolidityLayout.ToWord(owner));

    public UInt256 BalanceOf(Address owner) => frame.Load(SolidityLayout.Mapping(owner, Balances));

    public void SetBalance(Address owner, UInt256 balance) =>
        frame.Store(SolidityLayout.Mapping(owner, Balances), balance);

    public Address ApprovedOf(UInt256 id) =>
        SolidityLayout.ToAddress(frame.Load(SolidityLayout.Mapping(id, Approvals)));

    public void SetApproved(UInt256 id, Address approved) =>
        frame.Store(SolidityLayout.Mapping(id, Approvals), SolidityLayout.ToWord(approved));

    public bool IsOperator(Address owner, Address account) => !frame.Load(OperatorSlot(owner, account)).IsZero;

    public void SetOperator(Address owner, Address account, bool isOperator) =>
        frame.Store(OperatorSlot(owner, account), isOperator ? UInt256.One : default);

    public string UriOf(UInt256 id) => StorageText.ReadString(frame, SolidityLayout.Mapping(id, Uris));

    public void SetUri(UInt256 id, string uri) => StorageText.Write(frame, SolidityLayout.Mapping(id, Uris), uri);

    public byte[] MetadataOf(UInt256 id, string key) => StorageText.Read(frame, MetadataSlot(id, key));

    public void SetMetadata(UInt256 id, string key, ReadOnlySpan<byte> value) =>
        StorageText.Write(frame, MetadataSlot(id, key), value);

    private static Hash256 OperatorSlot(Address owner, Address account) =>
        SolidityLayout.Mapping(account, SolidityLayout.Mapping(owner, Operators));

    private static Hash256 MetadataSlot(UInt256 id, string key) =>
        SolidityLayout.Mapping(key, SolidityLayout.Mapping(id, Metadata));
}

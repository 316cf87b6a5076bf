using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Ledger.Contracts.Identity;

/// <summary>What is known of an agent: its registration file's address, its metadata, its proven wallet.</summary>
internal sealed class AgentRecords(CallFrame frame)
{
    public const string DomainName = "ERC8004IdentityRegistry";
    public const string DomainVersion = "1";

    /// <summary>Seconds that a wallet's signature may be valid for: only time bounds its replay.</summary>
    public const ulong MaxDeadlineSeconds = 300;

    public static readonly Eip712Type AgentWalletSet =
        Eip712Type.Parse("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)");

    private readonly IdentityStorage storage = new(frame);
    private readonly AgentMetadata metadata = new(frame);
    private readonly AgentTokens tokens = new(frame);

    public UInt256 Register(string? uri, CallArguments entries)
    {
        var id = storage.NextId;
        storage.NextId = id + 1UL;
        var wallet = frame.Caller.ToArray();
        storage.SetMetadata(id, AgentMetadata.WalletKey, wallet);
        tokens.Mint(id);
        if (uri is not null)
            WriteUri(id, uri);
        frame.Emit(IdentityAbi.Registered.Encode(id, uri ?? "", frame.Caller));
        metadata.Emit(id, AgentMetadata.WalletKey, wallet);
        for (var i = 0; i < entries.Count; i++)
            Write(id, entries.Tuple(i).Text(0), entries.Tuple(i).Bytes(1));
        return id;
    }

    public void SetUri(UInt256 id, string uri)
    {
        RequireAuthorized(id);
        WriteUri(id, uri);
        frame.Emit(IdentityAbi.UriUpdated.Encode(id, uri, frame.Caller));
    }

    public string UriOf(UInt256 id)
    {
        tokens.OwnerOf(id);
        return storage.UriOf(id);
    }

    public void SetMetadata(UInt256 id, string key, byte[] value)
    {
        RequireAuthorized(id);
        Write(id, key, value);
    }

    public Address WalletOf(UInt256 id)
    {
        var wallet = storage.MetadataOf(id, AgentMetadata.WalletKey);
        return wallet.Length == Address.Length ? Address.FromBytes(wallet) : default;
    }

    public void SetWallet(UInt256 id, Address wallet, UInt256 deadline, byte[] signature)
    {
        var owner = RequireAuthorized(id);
        if (wallet.IsZero)
            throw RevertException.Text("bad wallet");
        if (deadline < frame.Timestamp)
            throw RevertException.Text("expired");
        if (deadline > (UInt256)frame.Timestamp + MaxDeadlineSeconds)
            throw RevertException.Text("deadline too far");
        if (!SignatureCheck.IsBy(frame, wallet, Digest(id, wallet, owner, deadline), signature))
            throw RevertException.Text("invalid wallet sig");
        metadata.Set(id, AgentMetadata.WalletKey, wallet.ToArray());
    }

    public void UnsetWallet(UInt256 id)
    {
        RequireAuthorized(id);
        metadata.Set(id, AgentMetadata.WalletKey, []);
    }

    private Address RequireAuthorized(UInt256 id)
    {
        var owner = tokens.OwnerOf(id);
        return tokens.IsAuthorized(owner, frame.Caller, id) ? owner : throw RevertException.Text("Not authorized");
    }

    private void WriteUri(UInt256 id, string uri)
    {
        storage.SetUri(id, uri);
        frame.Emit(IdentityAbi.MetadataUpdate.Encode(id));
    }

    private void Write(UInt256 id, string key, byte[] value)
    {
        if (key == AgentMetadata.WalletKey)
            throw RevertException.Text("reserved key");
        metadata.Set(id, key, value);
    }

    // Domain, struct and digest: three hashes of at most five words.
    private Hash256 Digest(UInt256 id, Address wallet, Address owner, UInt256 deadline)
    {
        frame.Charge(3 * (GasSchedule.Hash + (5 * GasSchedule.HashWord)));
        var domain = new Eip712Domain
        {
            Name = DomainName,
            Version = DomainVersion,
            ChainId = frame.ChainId,
            VerifyingContract = frame.Contract,
        };
        return Eip712.Digest(domain, AgentWalletSet.HashStruct(id, wallet, owner, deadline));
    }
}

using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Identity;
using Aitbc.Ledger.State;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;

namespace Core.Tests.Ledger.Contracts.Identity;

/// <summary>The rules of the identity registry: ids, events in order, authority, wallets, refusals.</summary>
public sealed class IdentityRegistryTests
{
    private const int Owner = 0;
    private const int Friend = 1;
    private const int Stranger = 3;
    private const string Nonexistent = "7e273289";
    private const string InvalidReceiver = "64a0ae92";
    private static readonly UInt256 First = UInt256.Zero;
    private static readonly UInt256 Unknown = 99UL;
    private readonly Devnet net = new();
    private readonly ContractUser identity;

    public IdentityRegistryTests() => identity = new ContractUser(net, SystemContracts.AgentIdentity);

    [Fact]
    public void The_first_agent_is_number_0_and_its_wallet_is_its_owner()
    {
        var logs = identity.Do(Owner, IdentityAbi.Register);
        Assert.Equal(["Transfer", "Registered", "MetadataSet"], logs.Select(NameOf));
        Assert.Equal([Address.Zero, net.At(Owner), First], Decoded(IdentityAbi.Transfer, logs[0]));
        Assert.Equal([First, "", net.At(Owner)], Decoded(IdentityAbi.Registered, logs[1]));
        AssertWalletSet(logs[2], First, net.At(Owner).ToArray());
        Assert.Equal(net.At(Owner), identity.Read(IdentityAbi.OwnerOf, First)[0]);
        Assert.Equal(net.At(Owner), identity.Read(IdentityAbi.GetAgentWallet, First)[0]);
        Assert.Equal(net.At(Owner).ToArray(), identity.Read(IdentityAbi.GetMetadata, First, "agentWallet")[0]);
        Assert.Equal("", identity.Read(IdentityAbi.TokenUri, First)[0]);
        identity.Do(Owner, IdentityAbi.Register);
        Assert.Equal((UInt256)2UL, identity.Read(IdentityAbi.BalanceOf, net.At(Owner))[0]);
        Assert.Equal(net.At(Owner), identity.Read(IdentityAbi.OwnerOf, UInt256.One)[0]);
    }

    [Fact]
    public void A_registration_with_everything_tells_it_in_the_order_of_the_reference()
    {
        var uri = "https://agents.example/" + new string('a', 80);
        object?[] entries =
        [
            new object?[] { "model", "qwen3"u8.ToArray() },
            new object?[] { new string('k', 70), Array.Empty<byte>() },
        ];
        var logs = identity.Do(Owner, IdentityAbi.RegisterMetadata, uri, entries);
        Assert.Equal(
            ["Transfer", "MetadataUpdate", "Registered", "MetadataSet", "MetadataSet", "MetadataSet"],
            logs.Select(NameOf));
        Assert.Equal([First, uri, net.At(Owner)], Decoded(IdentityAbi.Registered, logs[2]));
        AssertWalletSet(logs[3], First, net.At(Owner).ToArray());
        Assert.Equal(
            [First, Keccak256.Hash("model"u8), "model", "qwen3"u8.ToArray()],
            Decoded(IdentityAbi.MetadataSet, logs[4]));
        Assert.Equal(uri, identity.Read(IdentityAbi.TokenUri, First)[0]);
        Assert.Equal("qwen3"u8.ToArray(), identity.Read(IdentityAbi.GetMetadata, First, "model")[0]);
        Assert.Equal("reserved key", identity.Refusal(
            Owner,
            IdentityAbi.RegisterMetadata,
            "",
            new object?[] { new object?[] { "agentWallet", "x"u8.ToArray() } }));
    }

    [Fact]
    public void A_registration_with_an_uri_never_says_that_it_was_updated()
    {
        var logs = identity.Do(Owner, IdentityAbi.RegisterUri, "");
        Assert.Equal(["Transfer", "MetadataUpdate", "Registered", "MetadataSet"], logs.Select(NameOf));
        logs = identity.Do(Owner, IdentityAbi.SetAgentUri, First, "ipfs://new");
        Assert.Equal(["MetadataUpdate", "URIUpdated"], logs.Select(NameOf));
        Assert.Equal([First, "ipfs://new", net.At(Owner)], Decoded(IdentityAbi.UriUpdated, logs[1]));
    }

    [Fact]
    public void Only_owner_approved_and_operator_may_write()
    {
        identity.Do(Owner, IdentityAbi.Register);
        (AbiFunction Function, object?[] Arguments)[] writes =
        [
            (IdentityAbi.SetAgentUri, [First, "u"]),
            (IdentityAbi.SetMetadata, [First, "k", "v"u8.ToArray()]),
            (IdentityAbi.SetAgentWallet, [First, Address.Zero, First, Array.Empty<byte>()]),
            (IdentityAbi.UnsetAgentWallet, [First]),
        ];
        foreach (var (function, arguments) in writes)
        {
            Assert.Equal("Not authorized", identity.Refusal(Stranger, function, arguments));
            Assert.NotEqual("Not authorized", identity.Refusal(Owner, function, arguments));
            arguments[0] = Unknown;
            Assert.Equal(Golden.Error(Nonexistent, 99), identity.Refusal(Owner, function, arguments));
        }

        Assert.Equal(false, identity.Read(IdentityAbi.IsAuthorizedOrOwner, net.At(Friend), First)[0]);
        identity.Do(Owner, IdentityAbi.Approve, net.At(Friend), First);
        Assert.Null(identity.Refusal(Friend, IdentityAbi.SetAgentUri, First, "by approval"));
        Assert.Equal(true, identity.Read(IdentityAbi.IsAuthorizedOrOwner, net.At(Friend), First)[0]);
        identity.Do(Owner, IdentityAbi.Approve, Address.Zero, First);
        identity.Do(Owner, IdentityAbi.SetApprovalForAll, net.At(Friend), true);
        Assert.Null(identity.Refusal(Friend, IdentityAbi.UnsetAgentWallet, First));
        identity.Do(Owner, IdentityAbi.SetApprovalForAll, net.At(Friend), false);
        Assert.Equal("Not authorized", identity.Refusal(Friend, IdentityAbi.UnsetAgentWallet, First));
        Assert.Equal(
            Golden.Error(Nonexistent, 99),
            identity.Refusal(Owner, IdentityAbi.IsAuthorizedOrOwner, net.At(Owner), Unknown));
    }

    [Fact]
    public void Metadata_may_be_anything_but_the_reserved_key_and_reading_never_fails()
    {
        identity.Do(Owner, IdentityAbi.Register);
        Assert.Equal(
            "reserved key",
            identity.Refusal(Owner, IdentityAbi.SetMetadata, First, "agentWallet", Array.Empty<byte>()));
        Assert.Equal("Not authorized", identity.Refusal(
            Stranger, IdentityAbi.SetMetadata, First, "agentWallet", Array.Empty<byte>()));
        foreach (var length in new[] { 100, 31, 32, 0 })
        {
            var value = Enumerable.Range(1, length).Select(i => (byte)i).ToArray();
            Assert.Equal(["MetadataSet"], identity.Do(Owner, IdentityAbi.SetMetadata, First, "", value).Select(NameOf));
            Assert.Equal(value, identity.Read(IdentityAbi.GetMetadata, First, "")[0]);
        }

        Assert.Equal(Array.Empty<byte>(), identity.Read(IdentityAbi.GetMetadata, Unknown, "any")[0]);
        Assert.Equal(Address.Zero, identity.Read(IdentityAbi.GetAgentWallet, Unknown)[0]);
    }

    [Fact]
    public void A_wallet_is_set_by_its_own_signature_only()
    {
        identity.Do(Owner, IdentityAbi.Register);
        var (wallet, owner, deadline) = (net.Keys[Friend], net.At(Owner), net.Seconds + 300);
        object?[] Call(ulong until, byte[] signature) => [First, wallet.Address, (UInt256)until, signature];
        var good = WalletProof.Sign(wallet, First, owner, deadline);
        Assert.Equal("bad wallet", identity.Refusal(
            Owner, IdentityAbi.SetAgentWallet, First, Address.Zero, UInt256.Zero, Array.Empty<byte>()));
        Assert.Equal("expired", identity.Refusal(Owner, IdentityAbi.SetAgentWallet, Call(net.Seconds - 1, good)));
        Assert.Equal(
            "deadline too far", identity.Refusal(Owner, IdentityAbi.SetAgentWallet, Call(net.Seconds + 301, good)));
        byte[][] bad =
        [
            [], good[..64], [.. good, 0], WalletProof.Sign(net.Keys[Stranger], First, owner, deadline),
            WalletProof.Sign(wallet, UInt256.One, owner, deadline),
            WalletProof.Sign(wallet, First, wallet.Address, deadline),
            WalletProof.Sign(wallet, First, owner, deadline - 1), [.. good[..64], 29], new byte[65],
        ];
        foreach (var signature in bad)
        {
            Assert.Equal(
                "invalid wallet sig", identity.Refusal(Owner, IdentityAbi.SetAgentWallet, Call(deadline, signature)));
        }

        var log = Assert.Single(identity.Do(Owner, IdentityAbi.SetAgentWallet, Call(deadline, good)));
        AssertWalletSet(log, First, wallet.Address.ToArray());
        Assert.Equal(wallet.Address, identity.Read(IdentityAbi.GetAgentWallet, First)[0]);
        AssertWalletSet(Assert.Single(identity.Do(Owner, IdentityAbi.UnsetAgentWallet, First)), First, []);
        Assert.Equal(Address.Zero, identity.Read(IdentityAbi.GetAgentWallet, First)[0]);
    }

    [Fact]
    public void A_transfer_takes_wallet_and_approval_away_before_it_is_told()
    {
        identity.Do(Owner, IdentityAbi.Register);
        identity.Do(Owner, IdentityAbi.Approve, net.At(Friend), First);
        var logs = identity.Do(Friend, IdentityAbi.TransferFrom, net.At(Owner), net.At(Stranger), First);
        Assert.Equal(["MetadataSet", "Transfer"], logs.Select(NameOf));
        AssertWalletSet(logs[0], First, []);
        Assert.Equal([net.At(Owner), net.At(Stranger), First], Decoded(IdentityAbi.Transfer, logs[1]));
        Assert.Equal(Address.Zero, identity.Read(IdentityAbi.GetApproved, First)[0]);
        Assert.Equal(net.At(Stranger), identity.Read(IdentityAbi.OwnerOf, First)[0]);
        Assert.Equal(UInt256.Zero, identity.Read(IdentityAbi.BalanceOf, net.At(Owner))[0]);
        logs = identity.Do(Stranger, IdentityAbi.SafeTransferFrom, net.At(Stranger), net.At(Stranger), First);
        Assert.Equal(["MetadataSet", "Transfer"], logs.Select(NameOf));
        Assert.Equal(UInt256.One, identity.Read(IdentityAbi.BalanceOf, net.At(Stranger))[0]);
    }

    [Fact]
    public void Tokens_are_refused_with_the_errors_of_OpenZeppelin()
    {
        identity.Do(Owner, IdentityAbi.Register);
        var (owner, stranger, none) = (net.At(Owner), net.At(Stranger), Address.Zero);
        var contract = SystemContracts.JobEscrow;
        (int Who, AbiFunction Function, object?[] Arguments, string Refusal)[] cases =
        [
            (0, IdentityAbi.BalanceOf, [none], Golden.Error("89c62b64", none)),
            (0, IdentityAbi.OwnerOf, [Unknown], Golden.Error(Nonexistent, 99)),
            (0, IdentityAbi.TokenUri, [Unknown], Golden.Error(Nonexistent, 99)),
            (0, IdentityAbi.GetApproved, [Unknown], Golden.Error(Nonexistent, 99)),
            (0, IdentityAbi.Approve, [stranger, Unknown], Golden.Error(Nonexistent, 99)),
            (3, IdentityAbi.Approve, [stranger, First], Golden.Error("a9fbf51f", stranger)),
            (0, IdentityAbi.SetApprovalForAll, [none, true], Golden.Error("5b08ba18", none)),
            (0, IdentityAbi.TransferFrom, [owner, none, Unknown], Golden.Error(InvalidReceiver, none)),
            (0, IdentityAbi.TransferFrom, [owner, stranger, Unknown], Golden.Error(Nonexistent, 99)),
            (3, IdentityAbi.TransferFrom, [owner, stranger, First], Golden.Error("177e802f", stranger, 0)),
            (0, IdentityAbi.TransferFrom, [stranger, owner, First], Golden.Error("64283d7b", stranger, 0, owner)),
            (0, IdentityAbi.SafeTransferFrom, [owner, contract, First], Golden.Error(InvalidReceiver, contract)),
            (0, IdentityAbi.SafeTransferFromData, [owner, contract, First, new byte[] { 1 }],
                Golden.Error(InvalidReceiver, contract)),
        ];
        foreach (var (who, function, arguments, refusal) in cases)
            Assert.Equal(refusal, identity.Refusal(who, function, arguments));
        Assert.Null(identity.Refusal(Owner, IdentityAbi.TransferFrom, owner, contract, First));
        Assert.Equal("", identity.Paying(Owner, UInt256.One, IdentityAbi.Register));
        var upgrade = AbiFunction.Parse("upgradeToAndCall(address,bytes)");
        Assert.Equal("", identity.Refusal(Owner, upgrade, none, Array.Empty<byte>()));
    }

    [Fact]
    public void Values_lie_in_the_slots_of_the_reference()
    {
        identity.Do(Owner, IdentityAbi.RegisterUri, "ipfs://a");
        identity.Do(Owner, IdentityAbi.SetMetadata, First, "k", "v"u8.ToArray());
        UInt256 At(Hash256 slot) => net.Store.GetStorage(new StorageKey(SystemContracts.AgentIdentity, slot));
        var token = Hash256.Parse("0x80bb2b638cc20bc4d0a60d66940f3ab4a00c1d7b313497ca82fb0b4ab0079300");
        var own = Hash256.Parse("0xa040f782729de4970518741823ec1276cbcd41a0c7493f62d173341566a04e00");
        var ofAgent = SolidityLayout.Mapping(First, SolidityLayout.Offset(own, 1UL));
        Assert.Equal(UInt256.One, At(own));
        Assert.Equal(
            SolidityLayout.ToWord(net.At(Owner)), At(SolidityLayout.Mapping(First, SolidityLayout.Offset(token, 2UL))));
        Assert.Equal(UInt256.One, At(SolidityLayout.Mapping(net.At(Owner), SolidityLayout.Offset(token, 3UL))));
        var word = new byte[32];
        (word[0], word[31]) = ((byte)'v', 2);
        Assert.Equal(UInt256.FromBigEndian(word), At(SolidityLayout.Mapping("k", ofAgent)));
        net.At(Owner).ToArray().CopyTo(word, 0);
        word[31] = 40;
        Assert.Equal(UInt256.FromBigEndian(word), At(SolidityLayout.Mapping("agentWallet", ofAgent)));
    }

    private static void AssertWalletSet(Log log, UInt256 agent, byte[] wallet) => Assert.Equal(
        [agent, Keccak256.Hash("agentWallet"u8), "agentWallet", wallet], Decoded(IdentityAbi.MetadataSet, log));

    private static object?[] Decoded(AbiEvent of, Log log)
    {
        Assert.Equal(SystemContracts.AgentIdentity, log.Address);
        return of.TryDecode(log.Topics, log.Data.Span)!;
    }

    private static string NameOf(Log log) => new[]
    {
        IdentityAbi.Registered, IdentityAbi.UriUpdated, IdentityAbi.MetadataSet, IdentityAbi.Transfer,
        IdentityAbi.Approval, IdentityAbi.ApprovalForAll, IdentityAbi.MetadataUpdate,
    }.Single(e => e.Topic0 == log.Topics[0]).Name;
}

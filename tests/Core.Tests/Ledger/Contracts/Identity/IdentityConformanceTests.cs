using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Identity;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.TypedData;
using Xunit;

namespace Core.Tests.Ledger.Contracts.Identity;

/// <summary>
/// The identity registry against the values of ERC-8004 (erc-8004-contracts b9e466c, getVersion 2.0.0) and of
/// OpenZeppelin's ERC-721.
/// </summary>
public sealed class IdentityConformanceTests
{
    [Fact]
    public void It_stands_at_the_address_that_stock_clients_know() => Assert.Equal(
        Address.Parse("0x8004A169FB4a3325136EB29fA0ceB6D2e539a432"), new IdentityRegistryContract().Address);

    [Fact]
    public void Every_selector_is_that_of_the_standard() => Golden.AssertFunctions(
        IdentityRegistryContract.Functions.Functions,
        """
        1aa3a008 register()
        f2c298be register(string)
        8ea42286 register(string,(string,bytes)[])
        0af28bd3 setAgentURI(uint256,string)
        cb4799f2 getMetadata(uint256,string)
        466648da setMetadata(uint256,string,bytes)
        00339509 getAgentWallet(uint256)
        2d1ef5ae setAgentWallet(uint256,address,uint256,bytes)
        3fddcf19 unsetAgentWallet(uint256)
        d95e72be isAuthorizedOrOwner(address,uint256)
        0d8e6e2c getVersion()
        84b0196e eip712Domain()
        70a08231 balanceOf(address)
        6352211e ownerOf(uint256)
        095ea7b3 approve(address,uint256)
        081812fc getApproved(uint256)
        a22cb465 setApprovalForAll(address,bool)
        e985e9c5 isApprovedForAll(address,address)
        23b872dd transferFrom(address,address,uint256)
        42842e0e safeTransferFrom(address,address,uint256)
        b88d4fde safeTransferFrom(address,address,uint256,bytes)
        06fdde03 name()
        95d89b41 symbol()
        c87b56dd tokenURI(uint256)
        01ffc9a7 supportsInterface(bytes4)
        """);

    [Fact]
    public void Every_topic_is_that_of_the_standard() => Golden.AssertEvents(
        [
            IdentityAbi.Registered, IdentityAbi.UriUpdated, IdentityAbi.MetadataSet, IdentityAbi.Transfer,
            IdentityAbi.Approval, IdentityAbi.ApprovalForAll, IdentityAbi.MetadataUpdate,
        ],
        """
        0xca52e62c367d81bb2e328eb795f7c7ba24afb478408a26c0e201d155c449bc4a Registered(uint256,string,address)
        0x3a2c7fffc2cba7582c690e3b82c453ea02a308326a98a3ad7576c606336409fb URIUpdated(uint256,string,address)
        0x2c149ed548c6d2993cd73efe187df6eccabe4538091b33adbd25fafdb8a1468b MetadataSet(uint256,string,string,bytes)
        0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef Transfer(address,address,uint256)
        0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925 Approval(address,address,uint256)
        0x17307eab39ab6107e8899845ad3d59bd9653f200f220920489ca2b5937696c31 ApprovalForAll(address,address,bool)
        0xf8e1a15aba9398e019f0b49df1a4fde98ee17ae345cb5f6b5e2c27f5033e8ce7 MetadataUpdate(uint256)
        """);

    [Fact]
    public void The_namespaces_of_storage_are_those_of_the_reference()
    {
        Assert.Equal(
            "0x80bb2b638cc20bc4d0a60d66940f3ab4a00c1d7b313497ca82fb0b4ab0079300", IdentityStorage.Token.ToHex());
        Assert.Equal(
            "0xa040f782729de4970518741823ec1276cbcd41a0c7493f62d173341566a04e00", IdentityStorage.Registry.ToHex());
    }

    [Fact]
    public void The_wallet_message_and_its_signature_are_the_golden_ones()
    {
        var typeHash = AgentRecords.AgentWalletSet.TypeHash.ToHex();
        Assert.Equal("0x678b53cd718d595370ab070ebf48edfdcd834beac116bf23e625fc7f4d5b7d32", typeHash);
        var key = PrivateKey.FromBytes(
            [.. Enumerable.Repeat<byte[]>([0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef], 4).SelectMany(b => b)]);
        Assert.Equal(Address.Parse("0xFCAd0B19bB29D4674531d6f115237E16AfCE377c"), key.Address);
        var digest = WalletProof.Digest(
            UInt256.Zero, key.Address, Address.Parse("0x000000000000000000000000000000000000dEaD"), 1_893_456_000);
        Assert.Equal("0x213a81564a48257468c504ee7609309182fb785351ca6705eeceeba5a8ca7363", digest.ToHex());
        Assert.Equal(
            "72f0505379ef3055bad8a60af98a4a7b527aaaf87d9a2f8e33799f6b41dc9fae"
            + "7d8670eee13360a1f969c08b547bf2b00f2418561f25523466fcb852d6a6c4e71b",
            Convert.ToHexStringLower(key.Sign(digest).ToBytes65()));
    }

    [Fact]
    public void It_says_what_it_is()
    {
        var identity = new ContractUser(new Devnet(), SystemContracts.AgentIdentity);
        Assert.Equal("AgentIdentity", identity.Read(IdentityAbi.Name)[0]);
        Assert.Equal("AGENT", identity.Read(IdentityAbi.Symbol)[0]);
        Assert.Equal("2.0.0", identity.Read(IdentityAbi.GetVersion)[0]);
        Assert.Equal(
            [
                new byte[] { 0x0f }, "ERC8004IdentityRegistry", "1", (UInt256)Devnet.ChainId,
                SystemContracts.AgentIdentity, Hash256.Zero, Array.Empty<object?>(),
            ],
            identity.Read(IdentityAbi.Eip712Domain));
        foreach (var (id, isSupported) in new[]
        {
            ("01ffc9a7", true), ("80ac58cd", true), ("5b5e139f", true), ("49064906", true), ("ffffffff", false),
            ("780e9d63", false),
        })
            Assert.Equal(isSupported, identity.Read(IdentityAbi.SupportsInterface, Convert.FromHexString(id))[0]);
    }
}

/// <summary>The signature with which a wallet agrees to be an agent's.</summary>
internal static class WalletProof
{
    public static Hash256 Digest(UInt256 agent, Address wallet, Address owner, ulong deadline) => Eip712.Digest(
        new Eip712Domain
        {
            Name = "ERC8004IdentityRegistry",
            Version = "1",
            ChainId = Devnet.ChainId,
            VerifyingContract = SystemContracts.AgentIdentity,
        },
        Eip712Type.Parse("AgentWalletSet(uint256 agentId,address newWallet,address owner,uint256 deadline)")
            .HashStruct(agent, wallet, owner, (UInt256)deadline));

    public static byte[] Sign(PrivateKey key, UInt256 agent, Address owner, ulong deadline) =>
        key.Sign(Digest(agent, key.Address, owner, deadline)).ToBytes65();
}

using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Encoding;
using Xunit;

namespace Core.Tests.Ledger.Contracts.Token;

/// <summary>The token against the published values of ERC-20, EIP-2612, EIP-3009, EIP-5267 and USDC.</summary>
public sealed class TokenConformanceTests
{
    private const string Authorized = "(address,address,uint256,uint256,uint256,bytes32,";

    [Fact]
    public void Every_function_has_its_published_selector()
    {
        (string, string)[] published =
        [
            ("0x06fdde03", "name()"),
            ("0x95d89b41", "symbol()"),
            ("0x54fd4d50", "version()"),
            ("0x313ce567", "decimals()"),
            ("0x18160ddd", "totalSupply()"),
            ("0x70a08231", "balanceOf(address)"),
            ("0xa9059cbb", "transfer(address,uint256)"),
            ("0x23b872dd", "transferFrom(address,address,uint256)"),
            ("0x095ea7b3", "approve(address,uint256)"),
            ("0xdd62ed3e", "allowance(address,address)"),
            ("0xd505accf", "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)"),
            ("0x9fd5a6cf", "permit(address,address,uint256,uint256,bytes)"),
            ("0x7ecebe00", "nonces(address)"),
            ("0x30adf81f", "PERMIT_TYPEHASH()"),
            ("0x3644e515", "DOMAIN_SEPARATOR()"),
            ("0x84b0196e", "eip712Domain()"),
            ("0xe94a0102", "authorizationState(address,bytes32)"),
            ("0xe3ee160e", $"transferWithAuthorization{Authorized}uint8,bytes32,bytes32)"),
            ("0xcf092995", $"transferWithAuthorization{Authorized}bytes)"),
            ("0xef55bec6", $"receiveWithAuthorization{Authorized}uint8,bytes32,bytes32)"),
            ("0x88b7ab63", $"receiveWithAuthorization{Authorized}bytes)"),
            ("0x5a049a70", "cancelAuthorization(address,bytes32,uint8,bytes32,bytes32)"),
            ("0xb7b72899", "cancelAuthorization(address,bytes32,bytes)"),
            ("0xa0cc6a68", "TRANSFER_WITH_AUTHORIZATION_TYPEHASH()"),
            ("0x7f2eecc3", "RECEIVE_WITH_AUTHORIZATION_TYPEHASH()"),
            ("0xd9169487", "CANCEL_AUTHORIZATION_TYPEHASH()"),
        ];
        Assert.Equal(published.Order(), AitTokenContract.Table.Listed());
    }

    [Fact]
    public void Every_event_and_type_has_its_published_hash()
    {
        (string Published, Hash256 Ours)[] hashes =
        [
            ("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef", TokenAbi.Transferred.Topic0),
            ("0x8c5be1e5ebec7d5bd14f71427d1e84f3dd0314c0f7b2291e5b200ac8c7c3b925", TokenAbi.Approved.Topic0),
            ("0x98de503528ee59b575ef0c0a2576a82497bfc029a5685b209e9ec333479b10a5", TokenAbi.AuthorizationUsed.Topic0),
            (
                "0x1cdd46ff242716cdaa72d159d339a485b3438398348d68f09d7c8c0a59353d81",
                TokenAbi.AuthorizationCanceled.Topic0),
            ("0x7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267", Word(TokenAbi.TransferTypeHash)),
            ("0xd099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8", Word(TokenAbi.ReceiveTypeHash)),
            ("0x158b0a9edf7a828aad02f63cd515c68ef2f50ba807396f6d12842833a1597429", Word(TokenAbi.CancelTypeHash)),
            ("0x6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9", Word(TokenAbi.PermitTypeHash)),
        ];
        foreach (var (published, ours) in hashes)
            Assert.Equal(published, ours.ToHex());
    }

    [Fact]
    public void The_golden_authorization_of_viem_and_ethers_is_accepted_under_its_own_domain()
    {
        var frame = new Devnet().Frame(SystemContracts.AitToken);
        var domain = new ContractDomain("Test USD", "2");
        var payer = Address.Parse("0xFCAd0B19bB29D4674531d6f115237E16AfCE377c");
        var message = ContractDomain.HashStruct(
            frame,
            TokenAbi.TransferMessage,
            SolidityLayout.ToWord(payer),
            SolidityLayout.ToWord(Address.Parse("0x000000000000000000000000000000000000dEaD")),
            10_000UL,
            UInt256.Zero,
            1_893_456_000UL,
            UInt256.Parse("0x1111111111111111111111111111111111111111111111111111111111111111"));
        var digest = domain.Digest(frame, message);
        var signature = Hex.Parse(
            "0x33a74e79b983bfb563bfe792db1cf6d87446a82469a273689a37ffd340c51abc3e9beb058e59d467af9cf2fd20be63d4c648924f"
            + "347f9af4a85e97aa9d97b3ea1b");

        Assert.Equal(
            "0xf6a0b29551d3407c267b63967217e51543c18c00803a2b3fafd9612009110d96", domain.Separator(frame).ToHex());
        Assert.Equal("0x45b99bc832ecc9172dd7e9305087b13ed34e0043efe03c0dfa124de538a14c10", message.ToHex());
        Assert.Equal("0xd22d3b90d7481cd1b0da25c9896d96629300599beb483cc485f7c17bb9c6bb6b", digest.ToHex());
        Assert.True(SignatureCheck.IsBy(frame, payer, digest, signature));
        signature[40] ^= 1;
        Assert.False(SignatureCheck.IsBy(frame, payer, digest, signature));
    }

    [Fact]
    public void The_token_tells_the_domain_that_its_clients_sign_with()
    {
        var net = new Devnet();
        var domain = net.View(SystemContracts.AitToken, TokenAbi.Eip712Domain);
        Assert.Equal(new byte[] { 0x0f }, domain[0]);
        Assert.Equal(["AIT", "1", (UInt256)Devnet.ChainId, SystemContracts.AitToken, Hash256.Zero], domain[1..6]);
        Assert.Empty((object?[])domain[6]!);
        Assert.Equal("AIT", net.View(SystemContracts.AitToken, TokenAbi.Name)[0]);
        Assert.Equal("1", net.View(SystemContracts.AitToken, TokenAbi.Version)[0]);
        Assert.Equal(
            TokenMessages.Domain.Separator(), net.View(SystemContracts.AitToken, TokenAbi.DomainSeparator)[0]);
    }

    [Fact]
    public void State_lies_where_solidity_would_keep_it()
    {
        var net = new Devnet();
        var token = SystemContracts.AitToken;
        var (owner, spender) = (net.At(0), net.At(1));
        net.Send(0, token, TokenAbi.Approve, spender, (UInt256)5UL);
        object?[] permit = [owner, spender, (UInt256)7UL, UInt256.Zero, (UInt256)net.Seconds];
        object?[] arguments = [owner, spender, (UInt256)7UL, (UInt256)net.Seconds];
        net.Send(2, token, TokenAbi.Permit, arguments.With(TokenMessages.Permit(net.Keys[0], permit)));
        object?[] cancel = [owner, TokenMessages.Nonce(1)];
        net.Send(2, token, TokenAbi.CancelAuthorization, cancel.With(TokenMessages.Cancel(net.Keys[0], cancel)));

        Assert.Equal((UInt256)7UL, Slot(Nested(Padded(spender), Nested(Padded(owner), Number(1)))));
        Assert.Equal(UInt256.One, Slot(Nested(Padded(owner), Number(2))));
        Assert.Equal(UInt256.One, Slot(Nested(TokenMessages.Nonce(1).ToArray(), Nested(Padded(owner), Number(3)))));

        UInt256 Slot(byte[] slot) => net.Store.GetStorage(new(token, Hash256.FromBytes(slot)));
        static byte[] Nested(byte[] key, byte[] slot) => Keccak256.Hash([.. key, .. slot]).ToArray();
        static byte[] Padded(Address address) => [.. new byte[12], .. address.ToArray()];
        static byte[] Number(byte number) => [.. new byte[31], number];
    }

    private static Hash256 Word(AbiFunction getter) =>
        (Hash256)new Devnet().View(SystemContracts.AitToken, getter)[0]!;
}

using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Aitbc.Primitives.Crypto;
using Xunit;

namespace Core.Tests.Ledger.Contracts.Token;

/// <summary>The rules of transfers and allowances by signature.</summary>
public sealed class TokenRuleTests
{
    private const int Payer = 0;
    private const int Payee = 1;
    private const int Relayer = 2;
    private static readonly Address Token = SystemContracts.AitToken;
    private static readonly Address Dead = Address.Parse("0x000000000000000000000000000000000000dEaD");
    private static readonly UInt256 Order =
        UInt256.Parse("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");

    [Fact]
    public void A_signed_transfer_pays_without_the_payer_and_reports_the_authorization_before_the_transfer()
    {
        var net = new Devnet();
        var before = net.BalanceOf(net.At(Payer));
        var members = Movement(net, Dead, 10_000);
        var signed = members.With(TokenMessages.Transfer(net.Keys[Payer], members));
        var receipt = net.Send(Relayer, Token, TokenAbi.TransferWithAuthorization, signed);
        Assert.True(receipt.Succeeded);
        Assert.Equal(
            [TokenAbi.AuthorizationUsed.Topic0, TokenAbi.Transferred.Topic0], receipt.Logs.Select(l => l.Topics[0]));
        Assert.Equal([net.At(Payer), TokenMessages.Nonce(1)], TokenAbi.AuthorizationUsed.TryDecode(
            receipt.Logs[0].Topics, receipt.Logs[0].Data.Span)!);
        Assert.Equal([net.At(Payer), Dead, (UInt256)10_000UL], TokenAbi.Transferred.TryDecode(
            receipt.Logs[1].Topics, receipt.Logs[1].Data.Span)!);
        Assert.Equal(before - 10_000UL, net.BalanceOf(net.At(Payer)));
        Assert.Equal((UInt256)10_000UL, net.BalanceOf(Dead));
        Assert.Equal(true, net.View(Token, TokenAbi.AuthorizationState, net.At(Payer), TokenMessages.Nonce(1))[0]);
        Assert.Equal(
            "FiatTokenV2: authorization is used or canceled",
            net.Refusal(Relayer, Token, TokenAbi.TransferWithAuthorization, signed));
    }

    [Fact]
    public void Both_forms_of_a_signature_are_the_same_authorization()
    {
        var net = new Devnet();
        var members = Movement(net, Dead, 5);
        var signature = TokenMessages.Transfer(net.Keys[Payer], members);
        Assert.True(net.Send(
            Relayer, Token, TokenAbi.TransferWithAuthorizationBytes, members.WithBytes(signature)).Succeeded);
        Assert.Equal(
            "FiatTokenV2: authorization is used or canceled",
            net.Refusal(Relayer, Token, TokenAbi.TransferWithAuthorization, members.With(signature)));
    }

    [Theory]
    [InlineData(-1, 1, null)]
    [InlineData(0, 1, "FiatTokenV2: authorization is not yet valid")]
    [InlineData(1, 2, "FiatTokenV2: authorization is not yet valid")]
    [InlineData(-1, 0, "FiatTokenV2: authorization is expired")]
    [InlineData(-2, -1, "FiatTokenV2: authorization is expired")]
    public void The_window_of_an_authorization_is_open_at_both_ends(int after, int before, string? refusal)
    {
        var net = new Devnet();
        object?[] members =
        [
            net.At(Payer), Dead, UInt256.One, (UInt256)(net.Seconds + (ulong)after),
            (UInt256)(net.Seconds + (ulong)before), TokenMessages.Nonce(1),
        ];
        var signed = members.With(TokenMessages.Transfer(net.Keys[Payer], members));
        Assert.Equal(refusal, net.Refusal(Relayer, Token, TokenAbi.TransferWithAuthorization, signed));
    }

    [Fact]
    public void Only_the_payee_hands_in_a_receipt_and_a_transfer_is_no_receipt()
    {
        var net = new Devnet();
        var members = Movement(net, net.At(Payee), 9);
        var signature = TokenMessages.Receive(net.Keys[Payer], members);
        var signed = members.With(signature);
        Assert.Equal(
            "FiatTokenV2: caller must be the payee",
            net.Refusal(Relayer, Token, TokenAbi.ReceiveWithAuthorization, signed));
        Assert.Equal(
            "FiatTokenV2: invalid signature",
            net.Refusal(Relayer, Token, TokenAbi.TransferWithAuthorization, signed));
        Assert.Null(net.Refusal(Payee, Token, TokenAbi.ReceiveWithAuthorizationBytes, members.WithBytes(signature)));
        Assert.True(net.Send(Payee, Token, TokenAbi.ReceiveWithAuthorization, signed).Succeeded);
    }

    [Fact]
    public void A_canceled_authorization_moves_nothing_and_a_used_one_is_not_canceled()
    {
        var net = new Devnet();
        var members = Movement(net, Dead, 9);
        object?[] cancel = [net.At(Payer), TokenMessages.Nonce(1)];
        var canceled = cancel.WithBytes(TokenMessages.Cancel(net.Keys[Payer], cancel));
        var receipt = net.Send(Relayer, Token, TokenAbi.CancelAuthorizationBytes, canceled);
        Assert.Equal([TokenAbi.AuthorizationCanceled.Topic0], receipt.Logs.Select(l => l.Topics[0]));
        const string Used = "FiatTokenV2: authorization is used or canceled";
        var signed = members.With(TokenMessages.Transfer(net.Keys[Payer], members));
        Assert.Equal(Used, net.Refusal(Relayer, Token, TokenAbi.TransferWithAuthorization, signed));
        Assert.Equal(Used, net.Refusal(Relayer, Token, TokenAbi.CancelAuthorizationBytes, canceled));
        object?[] other = [net.At(Payer), TokenMessages.Nonce(2)];
        Assert.Equal(
            "FiatTokenV2: invalid signature",
            net.Refusal(
                Relayer,
                Token,
                TokenAbi.CancelAuthorization,
                other.With(TokenMessages.Cancel(net.Keys[Relayer], other))));
    }

    [Fact]
    public void A_signature_has_one_form_and_any_other_is_refused()
    {
        var net = new Devnet();
        var members = Movement(net, Dead, 1);
        var good = TokenMessages.Transfer(net.Keys[Payer], members);
        var high = new Signature(
            good.R, Hash256.FromUInt256(Order - good.S.ToUInt256()), (byte)(1 - good.YParity));
        Assert.True(Secp256k1.TryRecover(
            Aitbc.Primitives.TypedData.Eip712.Digest(TokenMessages.Domain, StructHash(members)), high, out var signer));
        Assert.Equal(net.At(Payer), signer);
        var bytes = good.ToBytes65();
        object?[][] malformed =
        [
            members.With(high),
            [.. members, (UInt256)good.YParity, good.R, good.S],
            [.. members, (UInt256)(28UL - good.YParity), good.R, good.S],
            [.. members, (UInt256)29UL, good.R, good.S],
            [.. members, (UInt256)27UL, Hash256.Zero, Hash256.Zero],
            members.WithBytes(high),
            [.. members, bytes[..64]],
            [.. members, (byte[])[.. bytes, 0]],
            [.. members, (byte[])[.. bytes[..64], good.YParity]],
            [.. members, Array.Empty<byte>()],
        ];
        foreach (var arguments in malformed)
        {
            var function = arguments.Length == 7
                ? TokenAbi.TransferWithAuthorizationBytes
                : TokenAbi.TransferWithAuthorization;
            Assert.Equal("FiatTokenV2: invalid signature", net.Refusal(Relayer, Token, function, arguments));
        }

        Assert.Null(net.Refusal(Relayer, Token, TokenAbi.TransferWithAuthorization, members.With(good)));
    }

    [Fact]
    public void A_changed_member_makes_the_signature_invalid()
    {
        var net = new Devnet();
        var members = Movement(net, Dead, 100);
        var signature = TokenMessages.Transfer(net.Keys[Payer], members);
        object?[] others =
        [
            net.At(Payee), net.At(Relayer), (UInt256)101UL, UInt256.One, (UInt256)(net.Seconds + 301),
            TokenMessages.Nonce(2),
        ];
        for (var i = 0; i < others.Length; i++)
        {
            object?[] changed = [.. members];
            changed[i] = others[i];
            Assert.Equal(
                "FiatTokenV2: invalid signature",
                net.Refusal(Relayer, Token, TokenAbi.TransferWithAuthorization, changed.With(signature)));
        }
    }

    [Fact]
    public void An_authorization_beyond_the_balance_is_refused_and_stays_usable()
    {
        var net = new Devnet();
        var members = Movement(net, Dead, Amount.FromAit(1_000).Atto);
        var signed = members.With(TokenMessages.Transfer(net.Keys[Payer], members));
        Assert.Equal(
            "ERC20: transfer amount exceeds balance",
            net.Refusal(Relayer, Token, TokenAbi.TransferWithAuthorization, signed));
        Assert.False(net.Send(Relayer, Token, TokenAbi.TransferWithAuthorization, signed).Succeeded);
        Assert.Equal(false, net.View(Token, TokenAbi.AuthorizationState, net.At(Payer), TokenMessages.Nonce(1))[0]);
    }

    [Fact]
    public void Nothing_and_to_oneself_are_legal_payments()
    {
        var net = new Devnet();
        var before = net.BalanceOf(net.At(Payer));
        var (nothing, self) = (Movement(net, Dead, 0), Movement(net, net.At(Payer), 7, nonce: 2));
        foreach (var members in (object?[][])[nothing, self])
        {
            var receipt = net.Send(
                Relayer,
                Token,
                TokenAbi.TransferWithAuthorization,
                members.With(TokenMessages.Transfer(net.Keys[Payer], members)));
            Assert.Equal(2, receipt.Logs.Count);
        }

        Assert.Equal(before, net.BalanceOf(net.At(Payer)));
        Assert.Equal(default, net.BalanceOf(Dead));
    }

    [Fact]
    public void Bytes_behind_the_arguments_are_ignored()
    {
        var net = new Devnet();
        var members = Movement(net, Dead, 3);
        var call = TokenAbi.TransferWithAuthorization.EncodeCall(
            members.With(TokenMessages.Transfer(net.Keys[Payer], members)));
        var result = net.Call(Relayer, Token, [.. call, .. "builder-code"u8]);
        Assert.True(result.Succeeded);
        Assert.True(result.ReturnData.IsEmpty);
    }

    [Fact]
    public void A_permit_is_valid_up_to_its_deadline_once_and_emits_an_approval()
    {
        var net = new Devnet();
        var (first, late) = (Permit(net, 0, net.Seconds), Permit(net, 0, net.Seconds - 1));
        Assert.Equal("FiatTokenV2: permit is expired", net.Refusal(Relayer, Token, TokenAbi.Permit, late));
        var receipt = net.Send(Relayer, Token, TokenAbi.Permit, first);
        Assert.Equal([TokenAbi.Approved.Topic0], receipt.Logs.Select(l => l.Topics[0]));
        Assert.Equal((UInt256)50UL, net.View(Token, TokenAbi.Allowance, net.At(Payer), net.At(Payee))[0]);
        Assert.Equal(UInt256.One, net.View(Token, TokenAbi.Nonces, net.At(Payer))[0]);
        Assert.Equal("EIP2612: invalid signature", net.Refusal(Relayer, Token, TokenAbi.Permit, first));
        Assert.Null(net.Refusal(Relayer, Token, TokenAbi.Permit, Permit(net, 1, net.Seconds)));
        object?[] arguments = [net.At(Payer), net.At(Payee), (UInt256)50UL, UInt256.MaxValue];
        object?[] members = [net.At(Payer), net.At(Payee), (UInt256)50UL, UInt256.One, UInt256.MaxValue];
        Assert.Null(net.Refusal(
            Relayer,
            Token,
            TokenAbi.PermitBytes,
            arguments.WithBytes(TokenMessages.Permit(net.Keys[Payer], members))));
        Assert.True(net.Send(
            Payee, Token, TokenAbi.TransferFrom, net.At(Payer), Dead, (UInt256)50UL).Succeeded);
    }

    [Theory]
    [InlineData("transfer", "ERC20: transfer to the zero address")]
    [InlineData("approve", "ERC20: approve to the zero address")]
    public void The_zero_address_is_no_partner(string name, string refusal)
    {
        var function = AbiFunction.Parse(name + "(address,uint256)(bool)");
        Assert.Equal(refusal, new Devnet().Refusal(Payer, Token, function, Address.Zero, UInt256.One));
    }

    [Fact]
    public void The_largest_allowance_is_not_used_up()
    {
        var net = new Devnet();
        net.Send(Payer, Token, TokenAbi.Approve, net.At(Payee), UInt256.MaxValue);
        Assert.True(net.Send(Payee, Token, TokenAbi.TransferFrom, net.At(Payer), Dead, (UInt256)9UL).Succeeded);
        Assert.Equal(UInt256.MaxValue, net.View(Token, TokenAbi.Allowance, net.At(Payer), net.At(Payee))[0]);
    }

    [Fact]
    public void The_supply_is_that_of_genesis_less_what_was_burned_and_a_balance_is_the_accounts_own()
    {
        var net = new Devnet();
        var genesis = (UInt256)net.View(Token, TokenAbi.TotalSupply)[0]!;
        Assert.Equal(Amount.FromAit(400).Atto, genesis);
        var receipt = net.Send(Payer, Token, TokenAbi.Transfer, Dead, (UInt256)5UL);
        var baseFee = net.Head.BaseFeePerGas;
        Assert.Equal(genesis - (baseFee * receipt.GasUsed), net.View(Token, TokenAbi.TotalSupply)[0]);
        Assert.Equal(net.BalanceOf(net.At(Payer)), net.View(Token, TokenAbi.BalanceOf, net.At(Payer))[0]);
        Assert.Equal((UInt256)5UL, net.View(Token, TokenAbi.BalanceOf, Dead)[0]);
    }

    [Fact]
    public void The_allowance_is_asked_before_the_partners_and_the_balance()
    {
        var net = new Devnet();
        Assert.Equal("ERC20: transfer amount exceeds allowance", Refusal(Address.Zero, UInt256.One));
        net.Send(Payer, Token, TokenAbi.Approve, net.At(Payee), UInt256.MaxValue);
        Assert.Equal("ERC20: transfer to the zero address", Refusal(Address.Zero, UInt256.MaxValue));
        Assert.Equal("ERC20: transfer amount exceeds balance", Refusal(Dead, UInt256.MaxValue));
        Assert.Equal(
            "ERC20: transfer from the zero address",
            net.Refusal(Payee, Token, TokenAbi.TransferFrom, Address.Zero, Dead, UInt256.Zero));

        string? Refusal(Address to, UInt256 amount) =>
            net.Refusal(Payee, Token, TokenAbi.TransferFrom, net.At(Payer), to, amount);
    }

    [Fact]
    public void A_signed_transfer_costs_less_than_eighty_thousand_gas()
    {
        var net = new Devnet();
        var members = Movement(net, net.At(Payee), 1);
        var receipt = net.Send(
            Relayer,
            Token,
            TokenAbi.TransferWithAuthorization,
            members.With(TokenMessages.Transfer(net.Keys[Payer], members)));
        Assert.InRange(receipt.GasUsed, 21_000UL + GasSchedule.Recover + GasSchedule.StoreNew, 80_000UL);
    }

    private static object?[] Movement(Devnet net, Address to, UInt256 value, int nonce = 1) =>
        [net.At(Payer), to, value, UInt256.Zero, (UInt256)(net.Seconds + 300), TokenMessages.Nonce(nonce)];

    private static object?[] Permit(Devnet net, ulong nonce, ulong deadline)
    {
        object?[] members =
            [net.At(Payer), net.At(Payee), (UInt256)50UL, (UInt256)nonce, (UInt256)deadline];
        object?[] arguments = [net.At(Payer), net.At(Payee), (UInt256)50UL, (UInt256)deadline];
        return arguments.With(TokenMessages.Permit(net.Keys[Payer], members));
    }

    private static Hash256 StructHash(object?[] members) => Aitbc.Primitives.TypedData.Eip712Type.Parse(
        "TransferWithAuthorization(address from,address to,uint256 value,uint256 validAfter,uint256 validBefore,"
        + "bytes32 nonce)").HashStruct(members);
}

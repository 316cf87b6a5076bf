using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using CsCheck;
using Xunit;

namespace Core.Tests.Ledger.Contracts.Token;

/// <summary>Random lives of authorizations against a model of what each may do at most once.</summary>
public sealed class TokenLivesTests
{
    private const int Relayer = 3;
    private static readonly Address Token = SystemContracts.AitToken;

    [Fact]
    public void Every_authorization_moves_exactly_its_value_at_most_once_in_random_lives() =>
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 150])
            .Array[1, 20]
            .Sample(Live, iter: 40);

    private static void Live((int Action, int From, int To, int Signer, int Nonce, int Ait)[] steps)
    {
        var net = new Devnet();
        var spent = new HashSet<(int, int)>();
        var balances = net.Keys.Select(k => net.BalanceOf(k.Address)).ToArray();
        foreach (var (action, from, to, signer, nonce, ait) in steps)
        {
            net.Seconds += 1;
            var value = Amount.FromAit((ulong)ait).Atto;
            object?[] members =
            [
                net.At(from), net.At(to), value, UInt256.Zero, (UInt256)(net.Seconds + 10), TokenMessages.Nonce(nonce),
            ];
            var signed = signer == from && !spent.Contains((from, nonce));
            var moves = signed && value <= balances[from];
            var key = net.Keys[signer];
            object?[] cancel = [net.At(from), TokenMessages.Nonce(nonce)];
            (AbiFunction Function, object?[] Arguments, bool May) call = action switch
            {
                0 => (TokenAbi.TransferWithAuthorization, members.With(TokenMessages.Transfer(key, members)), moves),
                1 => (
                    TokenAbi.TransferWithAuthorizationBytes,
                    members.WithBytes(TokenMessages.Transfer(key, members)),
                    moves),
                2 => (TokenAbi.ReceiveWithAuthorization, members.With(TokenMessages.Receive(key, members)), false),
                _ => (TokenAbi.CancelAuthorization, cancel.With(TokenMessages.Cancel(key, cancel)), signed),
            };
            Assert.Equal(call.May, net.Send(Relayer, Token, call.Function, call.Arguments).Succeeded);
            if (!call.May)
                continue;
            spent.Add((from, nonce));
            if (action == 3)
                continue;
            balances[from] -= value;
            balances[to] += value;
            for (var who = 0; who < Relayer; who++)
                Assert.Equal(balances[who], net.BalanceOf(net.At(who)));
        }
    }
}

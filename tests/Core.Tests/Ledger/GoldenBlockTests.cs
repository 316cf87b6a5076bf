using System.Globalization;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;
using Xunit;

namespace Core.Tests.Ledger;

/// <summary>
/// Blocks whose hashes are written down here: whatever a machine does differently, it must not do it to a block.
/// Another hash after a change of the rules is a fork of every chain that runs.
/// </summary>
public sealed class GoldenBlockTests
{
    private const string Genesis = "0x88b8f062b5a9022e3b05f1dbb1d4c40f91d8ea608738675d551709a350705254";
    private const string Head = "0xc22f35b6adc4acc25a3103fdf8903cd6803acd8ab0add5783ddab38e0a11b522";

    [Fact]
    public void B21_the_same_blocks_give_the_same_hashes_in_every_culture_and_on_every_machine()
    {
        var odd = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        odd.NumberFormat.NegativeSign = "~";
        odd.NumberFormat.NumberDecimalSeparator = ",";
        var before = CultureInfo.CurrentCulture;
        try
        {
            foreach (var culture in new[] { before, odd })
            {
                CultureInfo.CurrentCulture = culture;
                var devnet = new Devnet(platformBp: 100, evaluatorBp: 50, validators: 4);
                for (var block = 0; block < 3; block++)
                {
                    devnet.Seconds += 7;
                    var data = TokenAbi.Transfer.EncodeCall(devnet.At(2), (UInt256)(ulong)(block + 3));
                    devnet.Mine(
                        devnet.Sign(0, devnet.At(1), Amount.FromAit(1).Atto),
                        devnet.Sign(1, SystemContracts.AitToken, default, data),
                        devnet.Sign(3, Address.Zero, (UInt256)(ulong)block));
                }

                var made = $"{devnet.Genesis} {devnet.Head.Hash()}";
                Assert.True(made == $"{Genesis} {Head}", made);
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}

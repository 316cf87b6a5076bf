using Aitbc.Fuzz.Seeds;
using Aitbc.Primitives;
using Aitbc.Wallet.Auditing;
using Aitbc.Wallet.Storage;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// Lines of the signing log as somebody with access to the disk may have changed them: the number of a kind, its
/// answer, and after a byte of zero its payload. They are read, or refused with a FormatException.
/// </summary>
internal sealed class LogLineTarget : IFuzzTarget
{
    public string Name => "log-line";

    public IReadOnlyList<byte[]> Words => WalletSeeds.Words;

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => WalletSeeds.Lines;

    public Allocation Bound { get; } = new(2 << 20, 20_000);

    public void Run(byte[] input)
    {
        if (input.Length == 0)
            return;
        var end = Array.IndexOf(input, (byte)0, 1);
        var answer = input[1..(end < 0 ? input.Length : end)];
        var kind = input[0] % 3;
        var row = new SpendRow
        {
            BudgetId = 1,
            RequestHash = new byte[32],
            Kind = "x402-exact",
            State = SpendStates.Signed,
            Amount = new byte[32],
            TransactionHash = kind == 1 ? new byte[32] : null,
            Deposit = kind == 2 ? new byte[32] : null,
            Payload = end < 0 ? null : input[(end + 1)..],
            Answer = answer,
            CreatedAtMs = 0,
            ReservedAtMs = 0,
            ChangedAtMs = 0,
        };
        try
        {
            SignedLine.Read(row, (UInt256)7777UL);
        }
        catch (FormatException)
        {
            // As it promises.
        }
    }
}

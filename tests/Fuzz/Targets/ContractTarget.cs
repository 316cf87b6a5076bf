using System.Buffers.Binary;
using Aitbc.Fuzz.Running;
using Aitbc.Ledger.Contracts;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Transactions;
using Aitbc.Testing;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// A contract, a function, what the rest is (1 byte each), a value (8 bytes) and that rest: choices of arguments that
/// decode, raw arguments, or raw call data; as a transaction in a block. Whatever they are, the block is made, no coin
/// is made or lost (the ledger checks itself), and the call takes no more gas than it was given.
/// </summary>
internal sealed class ContractTarget : IFuzzTarget
{
    private const ulong Gas = 3_000_000;
    private const int HeadLength = 11;
    private const int MostBlocks = 2_000;

    private static readonly byte[] Ascending = [.. Enumerable.Range(1, 24).Select(b => (byte)b)];

    private readonly PrivateKey key = TestAccounts.Key(0);
    private SmallLedger ledger = new();

    public string Name => "contract";

    public IReadOnlyList<byte[]> Words { get; } =
    [
        [.. new byte[31], 0x01],
        [.. new byte[31], 0x20],
        [.. new byte[31], 0x40],
        new byte[32],
        [.. Enumerable.Repeat((byte)0xff, 32)],
        [.. new byte[12], .. TestAccounts.Key(0).Address.ToArray()],
        [.. new byte[12], .. SystemContracts.AitToken.ToArray()],
    ];

    // Each function once with arguments that decode; each contract with raw ones and with none of its functions.
    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds =>
    [
        .. ContractFunctions.All.SelectMany((c, i) => c.Functions.Select((f, j) => (
            $"{i}-{j:d2}-{f.Name}", (byte[])[(byte)i, (byte)j, 0, .. new byte[8], .. Ascending]))),
        .. ContractFunctions.All.SelectMany((_, i) => new (string, byte[])[]
        {
            ($"{i}-raw-arguments", [(byte)i, 0, 1, .. new byte[8 + 31], 0x20, .. new byte[64]]),
            ($"{i}-raw", [(byte)i, 0, 2, .. new byte[7], 1, 1, 2, 3, 4]),
        }),
    ];

    public Allocation Bound { get; } = new(2 << 20, 1_000);

    public void Run(byte[] input)
    {
        if (input.Length < HeadLength)
            return;
        if (ledger.Head.Number == MostBlocks)
            ledger = new SmallLedger();
        var contracts = ContractFunctions.All;
        var (contract, functions) = contracts[input[0] % contracts.Count];
        var rest = input.AsSpan(HeadLength);
        var function = functions.Count == 0 ? null : functions[input[1] % functions.Count];
        var transaction = new Transaction
        {
            Type = TransactionType.DynamicFee,
            ChainId = SmallLedger.ChainId,
            Nonce = ledger.Store.GetAccount(key.Address)!.Value.Nonce,
            MaxFeePerGas = 100_000_000_000,
            GasLimit = Gas + (ulong)(input.Length * 40),
            To = contract,
            Value = BinaryPrimitives.ReadUInt64BigEndian(input.AsSpan(3)),
            Data = (input[2] % 4) switch
            {
                _ when function is null => rest.ToArray(),
                0 or 3 => [.. function.Selector, .. ContractFunctions.Arguments(function, rest)],
                1 => [.. function.Selector, .. rest],
                _ => rest.ToArray(),
            },
        };
        var result = ledger.Add(transaction.Sign(key));
        if (result.Receipts.Count == 1 && result.Receipts[0].GasUsed > transaction.GasLimit)
            throw new FuzzFailure("It used more gas than it was given.");
        if (result.Receipts.Count == 0 && result.Refused.Count != 1)
            throw new FuzzFailure("The transaction is gone.");
        if (result.Receipts is [{ Succeeded: false, Logs.Count: > 0 }])
            throw new FuzzFailure("A call that failed left events.");
    }

    public void Dispose() => key.Dispose();
}

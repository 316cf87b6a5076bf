using Aitbc.Ledger.Contracts.Token;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Ledger.Contracts.BatchSettlement;

/// <summary>
/// ERC3009DepositCollector (specs/contracts/batch-settlement.md, section 3): pulls a deposit by the payer's signed
/// receipt, whose nonce names the channel, and hands it on.
/// </summary>
internal sealed class DepositCollectorContract : ISystemContract
{
    public static readonly FunctionTable Table = new FunctionTable()
        .Add(DepositCollectorAbi.Collect, Collect)
        .Add(DepositCollectorAbi.Settlement, (_, _) => [SystemContracts.BatchSettlement]);

    public Address Address => SystemContracts.DepositCollector;

    public byte[] Execute(CallFrame frame) => Table.Execute(frame);

    private static void Collect(CallFrame frame, CallArguments arguments)
    {
        if (frame.Caller != SystemContracts.BatchSettlement)
            throw RevertException.Custom(DepositCollectorAbi.OnlySettlement);
        var (payer, token) = (arguments.Address(0), arguments.Address(1));
        var (amount, channelId) = (arguments.Number(2), arguments.Word(3));
        var signed = Decode(arguments.Bytes(4));
        Span<byte> nonce = stackalloc byte[2 * Hash256.Length];
        channelId.CopyTo(nonce);
        signed.Number(2).WriteBigEndian(nonce[Hash256.Length..]);
        frame.CallOrRefuse(token, TokenAbi.ReceiveWithAuthorizationBytes.EncodeCall(
            payer, frame.Contract, amount, signed.Number(0), signed.Number(1), frame.Hash(nonce), signed.Bytes(3)));
        frame.CallOrRefuse(token, TokenAbi.Transfer.EncodeCall(SystemContracts.BatchSettlement, amount));
    }

    private static CallArguments Decode(byte[] data)
    {
        try
        {
            return new CallArguments(AbiCodec.Decode(DepositCollectorAbi.Data, data));
        }
        catch (AbiException)
        {
            throw RevertException.Silent();
        }
    }
}

using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Aitbc.Sdk.Chain;

/// <summary>Reads and writes of one contract, for the typed clients.</summary>
internal sealed class ContractCalls
{
    private readonly ChainClient chain;
    private readonly TransactionSender? sender;
    private readonly Address contract;

    public ContractCalls(ChainClient chain, TransactionSender? sender, Address contract)
    {
        ArgumentNullException.ThrowIfNull(chain);
        (this.chain, this.sender, this.contract) = (chain, sender, contract);
    }

    public async Task<object?[]> ReadAsync(
        AbiFunction function, CancellationToken cancel, params object?[] arguments)
    {
        var data = await chain
            .CallAsync(new CallRequest(contract, function.EncodeCall(arguments)), cancel).ConfigureAwait(false);
        return function.DecodeResult(data);
    }

    /// <exception cref="RpcException">It would revert, or cannot be paid; nothing was sent.</exception>
    /// <exception cref="TransactionRevertedException">It reverted in its block.</exception>
    public async Task<SentTransaction> SendAsync(
        Address from, ReadOnlyMemory<byte> data, UInt256 value, CancellationToken cancel)
    {
        if (sender is null)
            throw new InvalidOperationException("This client was made for reading only.");
        var call = new CallRequest(contract, data, value, from);
        var sent = await sender.SendAsync(from, call, cancel).ConfigureAwait(false);
        return sent.Receipt.Succeeded
            ? sent
            : throw new TransactionRevertedException(
                sent.Receipt, await ReasonAsync(call, cancel).ConfigureAwait(false));
    }

    // A receipt does not say why. The same call on the state after it nearly always fails for the same reason.
    private async Task<RevertReason?> ReasonAsync(CallRequest call, CancellationToken cancel)
    {
        try
        {
            await chain.CallAsync(call, cancel).ConfigureAwait(false);
            return null;
        }
        catch (RpcException e)
        {
            return e.Revert;
        }
        catch (ChainUnavailableException)
        {
            return null;
        }
    }
}

using System.Collections.Concurrent;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Accounts;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Keys;
using Aitbc.Wallet.Reconciling;
using Aitbc.Wallet.Signing;

namespace Aitbc.Wallet.EthereumRpc;

/// <summary>
/// What stock libraries ask of a node that has accounts (specs/wallet.md, Ethereum JSON-RPC). Every signature goes over
/// the same desk as all others, so that budgets hold whatever door is used.
/// </summary>
internal sealed class SignerMethods(SigningDesk desk, AccountStore accounts, WalletChain node) : IDisposable
{
    // Questions that the node answers. What could sign or change something there is not in it.
    private static readonly HashSet<string> Forwarded =
    [
        "eth_chainId", "net_version", "web3_clientVersion", "eth_blockNumber", "eth_getBalance", "eth_getCode",
        "eth_getTransactionCount", "eth_getStorageAt", "eth_call", "eth_estimateGas", "eth_gasPrice", "eth_feeHistory",
        "eth_maxPriorityFeePerGas", "eth_getBlockByNumber", "eth_getBlockByHash", "eth_getTransactionByHash",
        "eth_getTransactionReceipt", "eth_getBlockReceipts", "eth_getLogs", "eth_sendRawTransaction",
        "eth_sendRawTransactionSync", "aitbc_transactionStatus",
    ];

    // What is signed must have one meaning: no member twice, in the text of typed data as in a body.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    // Nonces are given out one after another: two sends of one account must not read the same.
    private readonly ConcurrentDictionary<Address, SemaphoreSlim> sending = new();

    /// <summary>The result as JSON.</summary>
    /// <exception cref="RpcFailure">Refused, or the node does not answer.</exception>
    public async Task<JsonElement> AnswerAsync(
        Caller caller, RpcQuestion question, string? key, CancellationToken cancel)
    {
        try
        {
            return question.Method switch
            {
                "eth_accounts" or "eth_requestAccounts" => await AccountsAsync(caller, cancel),
                "personal_sign" => await SignAsync(
                    caller, SigningTasks.Message(question.Address(1), question.Bytes(0)), key, cancel),
                "eth_signTypedData_v4" => await SignAsync(caller, TypedData(question), key, cancel),
                "eth_signTransaction" => Text(Hex.ToHex((await SignTransactionAsync(
                    caller, question, key, cancel)).Signed.Raw)),
                "eth_sendTransaction" => await SendAsync(caller, question, key, cancel),
                _ when Forwarded.Contains(question.Method) => await ForwardAsync(question, cancel),
                _ => throw RpcFailure.NoMethod(question.Method),
            };
        }
        catch (RpcException e)
        {
            throw new RpcFailure(
                e.Code, e.Message, data: e.RevertData.IsEmpty ? null : Hex.ToHex(e.RevertData.Span));
        }
        catch (ChainUnavailableException)
        {
            throw RpcFailure.NoNode();
        }
        catch (Exception e) when (e is WalletLockedException
            or ObjectDisposedException { ObjectName: "NSec.Cryptography.SharedSecret" })
        {
            // Answered here and not by the gate: the other requests of a batch keep their answers.
            throw RpcFailure.Of(Refusal.Locked);
        }
    }

    public void Dispose()
    {
        foreach (var gate in sending.Values)
            gate.Dispose();
    }

    private ChainClient Chain => node.Client ?? throw RpcFailure.NoNode();

    private async Task<JsonElement> AccountsAsync(Caller caller, CancellationToken cancel)
    {
        var own = caller.Budget is { } budget
            ? [budget.Account]
            : (await accounts.ListAsync(cancel)).Select(a => a.Address);
        return JsonSerializer.SerializeToElement([.. own.Select(a => a.ToString())], RpcJson.Default.StringArray);
    }

    private async Task<JsonElement> SignAsync(
        Caller caller, SigningTask task, string? key, CancellationToken cancel)
    {
        var answer = await DeskAsync(caller, task, key, cancel);
        var signature = JsonSerializer.Deserialize(answer.Json, WalletJson.Default.SignatureAnswer)!.Signature;
        return Text(Hex.ToHex(signature));
    }

    private static SigningTask TypedData(RpcQuestion question)
    {
        var given = question[1];
        // Stock libraries send the document as a text; some send the object itself.
        if (given.ValueKind == JsonValueKind.String)
            given = Parse(question.Text(1));
        if (given.ValueKind != JsonValueKind.Object)
            throw RpcFailure.InvalidParams("invalid argument 1: not typed data");
        var task = SigningTasks.TypedData(question.Address(0), given, null);
        return task.Value ?? throw RpcFailure.Of(task.Refusal!);
    }

    private static JsonElement Parse(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text, Strict);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            throw RpcFailure.InvalidParams("invalid argument 1: not typed data");
        }
    }

    private async Task<KnownTransaction> SignTransactionAsync(
        Caller caller, RpcQuestion question, string? key, CancellationToken cancel)
    {
        // The key stands for what was asked: filled in again, nonce and fees would be others.
        var asked = AskedTransaction.HashOf(question[0]);
        var known = await desk.KnownAsync(caller, TransactionSender(question), asked, key, cancel);
        if (known is { } before)
            return new KnownTransaction(Read(before.Value ?? throw RpcFailure.Of(before.Refusal!)), IsKnown: true);
        var (from, transaction) = await new TransactionFill(Chain).ReadAsync(question[0], cancel);
        var task = SigningTasks.Transaction(from, transaction, null) with { Asked = asked };
        return new KnownTransaction(Read(await DeskAsync(caller, task, key, cancel)), IsKnown: false);
    }

    private static SignedTransaction Read(SignedAnswer answer) =>
        JsonSerializer.Deserialize(answer.Json, WalletJson.Default.SignedTransaction)!;

    private async Task<JsonElement> SendAsync(
        Caller caller, RpcQuestion question, string? key, CancellationToken cancel)
    {
        var from = TransactionSender(question);
        if (await accounts.FindAsync(from, cancel) is null)
            throw RpcFailure.Of(Refusal.AccountNotFound(from.ToString()));
        var gate = sending.GetOrAdd(from, _ => new SemaphoreSlim(1, 1));
        KnownTransaction? signed = null;
        await gate.WaitAsync(cancel);
        try
        {
            signed = await SignTransactionAsync(caller, question, key, cancel);
            // Signed is counted: from here on it is sent even if the caller goes away.
            return Text((await Chain.SendRawAsync(signed.Signed.Raw, CancellationToken.None)).ToString());
        }
        catch (RpcException) when (signed is { IsKnown: true })
        {
            // Asked for again: the node has it already, in its pool or in a block, or it never will.
            if (await IsThereAsync(signed.Signed.Hash))
                return Text(signed.Signed.Hash.ToString());
            throw;
        }
        catch (ChainUnavailableException) when (signed is not null)
        {
            throw RpcFailure.Of(new Refusal(
                "outcome_unknown",
                502,
                $"The node did not say whether it took the transaction {signed.Signed.Hash}.",
                Next: key is null || caller.IsOwner
                    ? "Look for it by its hash; sending again may pay twice."
                    : "Send again with the same idempotency key: it stays one transaction."));
        }
        finally
        {
            gate.Release();
        }
    }

    private async Task<bool> IsThereAsync(Hash256 hash)
    {
        var found = await Chain.InvokeAsync(
            "eth_getTransactionByHash", w => w.WriteStringValue(hash.ToHex()), CancellationToken.None);
        return found.ValueKind == JsonValueKind.Object;
    }

    private static Address TransactionSender(RpcQuestion question)
    {
        var from = RpcMember.Find(question[0], "from");
        return from.ValueKind == JsonValueKind.String && Address.TryParse(RpcMember.Text(from), out var address)
            ? address
            : throw RpcFailure.InvalidParams("invalid argument 0: no 'from'");
    }

    private async Task<SignedAnswer> DeskAsync(
        Caller caller, SigningTask task, string? key, CancellationToken cancel)
    {
        var verdict = await desk.SignAsync(caller, task, key, cancel);
        return verdict.Value ?? throw RpcFailure.Of(verdict.Refusal!);
    }

    private Task<JsonElement> ForwardAsync(RpcQuestion question, CancellationToken cancel)
    {
        var given = question.Params;
        return Chain.InvokeAsync(
            question.Method,
            w =>
            {
                if (given.ValueKind != JsonValueKind.Array)
                    return;
                foreach (var each in given.EnumerateArray())
                    each.WriteTo(w);
            },
            cancel);
    }

    private static JsonElement Text(string text) => JsonSerializer.SerializeToElement(text, RpcJson.Default.String);

    private sealed record KnownTransaction(SignedTransaction Signed, bool IsKnown);
}

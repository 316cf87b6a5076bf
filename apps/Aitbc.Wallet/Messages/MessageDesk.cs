using System.Security.Cryptography;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Encoding;
using Aitbc.Sdk.Messages;
using Aitbc.Sdk.Wallet;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Accounts;
using Aitbc.Wallet.Budgets;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Signing;

namespace Aitbc.Wallet.Messages;

/// <summary>
/// Seals and opens messages of agents (specs/market/messages.md). A budget does so for its own account only, and what
/// it seals is a line of the signing log.
/// </summary>
internal sealed class MessageDesk(
    AccountStore accounts, MessageKeys keys, OpenedMessages opened, SigningDesk signing, TimeProvider time)
{
    private const ulong MostAhead = 300;
    private const ulong OldestSeconds = 8 * 86_400;

    public async Task<Verdict<MessageKey>> KeyAsync(Caller caller, Address account, CancellationToken cancel) =>
        await RefuseAsync(caller, account, cancel) is { } refusal
            ? refusal
            : new MessageKey(account, keys.PublicKeyOf(account));

    public async Task<Verdict<AgentMessage>> SealAsync(
        Caller caller, SealMessageRequest request, CancellationToken cancel)
    {
        if (await RefuseAsync(caller, request.Account, cancel) is { } refusal)
            return refusal;
        if (request.Payload.Length > AgentMessage.MaxPayload)
            return MessageRefusals.Malformed($"A message has at most {AgentMessage.MaxPayload} bytes.");
        AgentMessage message;
        try
        {
            message = MessageSealing.Seal(
                new MessageDraft(
                    request.From,
                    request.To,
                    request.Id ?? Hash256.FromBytes(RandomNumberGenerator.GetBytes(Hash256.Length)),
                    Now(),
                    request.Topic,
                    request.ReceiverKey),
                request.ChainId,
                request.Payload);
        }
        catch (ArgumentException)
        {
            return MessageRefusals.Malformed(
                "Agents are numbers below 2^53, a topic is at most 64 of a-z 0-9 . _ / -, and the receiver's key is "
                + "one that somebody can hold.");
        }

        var task = SigningTasks.TypedData(request.Account, message.ToTypedData(request.ChainId), null);
        if (task.Value is not { } asked)
            return task.Refusal!;
        var signed = await signing.SignAsync(caller, asked, null, cancel);
        if (signed.Value is not { } answer)
            return signed.Refusal!;
        var signature = JsonSerializer.Deserialize(answer.Json, WalletJson.Default.SignatureAnswer)!;
        return message with { Signature = Hex.ToHex(signature.Signature) };
    }

    public async Task<Verdict<OpenedMessage>> OpenAsync(
        Caller caller, OpenMessageRequest request, CancellationToken cancel)
    {
        if (await RefuseAsync(caller, request.Account, cancel) is { } refusal)
            return refusal;
        var (account, chainId, message) = request;
        if (message.SignerOf(chainId) is not { } signer)
            return MessageRefusals.Malformed("A member of the message is outside its bounds, or nobody signed it.");
        if (message.SentAt > Now() + MostAhead || message.SentAt + OldestSeconds < Now())
            return MessageRefusals.Stale;
        if (message.ReceiverKey != keys.PublicKeyOf(account))
            return MessageRefusals.KeyUnknown;
        if (keys.TryOpen(account, message, chainId) is not { } text)
            return MessageRefusals.Unreadable;
        var first = await opened.RememberAsync(account, signer, message, message.Digest(chainId), cancel);
        return first.Value is { } known ? new OpenedMessage(text, signer, known.Before) : first.Refusal!;
    }

    // A key that nobody may spend from any more reads nothing more either.
    private async Task<Refusal?> RefuseAsync(Caller caller, Address account, CancellationToken cancel)
    {
        if (caller.Budget is { } budget)
        {
            if (account != budget.Account)
                return BudgetRefusals.OtherAccount(budget);
            var state = budget.StateAt(time.GetUtcNow().ToUnixTimeMilliseconds());
            if (state != "active")
                return state == "revoked" ? BudgetRefusals.Revoked(budget) : BudgetRefusals.Expired(budget);
        }

        return await accounts.FindAsync(account, cancel) is null
            ? Refusal.AccountNotFound(account.ToString())
            : null;
    }

    private ulong Now() => (ulong)time.GetUtcNow().ToUnixTimeSeconds();
}

using System.Security.Cryptography;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;

namespace Aitbc.Sdk.Messages;

/// <summary>Seals and opens the texts of messages (specs/market/messages.md, Encryption).</summary>
public static class MessageSealing
{
    /// <summary>The metadata key of an agent's X25519 key in the registry.</summary>
    public const string MetadataKey = "x25519";

    /// <summary>The metadata key of the address of the coordinator where an agent reads.</summary>
    public const string InboxKey = "inbox";

    /// <summary>Most bytes of such an address that are read.</summary>
    public const int MaxInbox = 512;

    /// <summary>Seals a text with a secret that is made for it and forgotten. The answer is not signed yet.</summary>
    /// <param name="letter">Who writes what to whom.</param>
    /// <param name="chainId">EIP-155 id of the chain whose registry numbers the agents.</param>
    /// <param name="payload">0 to <see cref="AgentMessage.MaxPayload"/> bytes.</param>
    /// <exception cref="ArgumentException">A member is outside its bounds, or nobody could hold the key.</exception>
    public static AgentMessage Seal(MessageDraft letter, ulong chainId, ReadOnlySpan<byte> payload)
    {
        Span<byte> secret = stackalloc byte[SealedBox.KeyLength];
        Span<byte> nonce = stackalloc byte[SealedBox.NonceLength];
        RandomNumberGenerator.Fill(secret);
        RandomNumberGenerator.Fill(nonce);
        try
        {
            return Seal(letter, chainId, payload, secret, nonce);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    /// <summary>The same with a secret and a nonce that are given: for vectors. Never use them twice.</summary>
    /// <param name="letter">Who writes what to whom.</param>
    /// <param name="chainId">EIP-155 id of the chain whose registry numbers the agents.</param>
    /// <param name="payload">0 to <see cref="AgentMessage.MaxPayload"/> bytes.</param>
    /// <param name="senderSecret">32 random bytes.</param>
    /// <param name="nonce">24 random bytes.</param>
    /// <exception cref="ArgumentException">A member is outside its bounds, or nobody could hold the key.</exception>
    public static AgentMessage Seal(
        MessageDraft letter,
        ulong chainId,
        ReadOnlySpan<byte> payload,
        ReadOnlySpan<byte> senderSecret,
        ReadOnlySpan<byte> nonce)
    {
        ArgumentNullException.ThrowIfNull(letter);
        if (payload.Length > AgentMessage.MaxPayload)
            throw new ArgumentException($"A message has at most {AgentMessage.MaxPayload} bytes.", nameof(payload));
        if (letter.From > AgentMessage.MaxAgent || letter.To > AgentMessage.MaxAgent
            || letter.SentAt > AgentMessage.MaxAgent || !AgentMessage.IsTopic(letter.Topic))
        {
            throw new ArgumentException(
                "Agents and times are less than 2^53; a topic is at most 64 of a-z 0-9 . _ / -.", nameof(letter));
        }

        var unsealed = new AgentMessage
        {
            From = letter.From,
            To = letter.To,
            Id = letter.Id,
            SentAt = letter.SentAt,
            Topic = letter.Topic,
            ReceiverKey = letter.ReceiverKey,
            SenderKey = Hash256.FromBytes(SealedBox.PublicKeyOf(senderSecret)),
            Sealed = "",
        };
        var text = SealedBox.TrySeal(
            letter.ReceiverKey.ToArray(), senderSecret, nonce, unsealed.HeaderDigest(chainId).ToArray(), payload)
            ?? throw new ArgumentException("The receiver's key is none that anybody could hold.", nameof(letter));
        return unsealed with { Sealed = Convert.ToBase64String(text) };
    }

    /// <summary>Opens a message; null if a bit of it is another than was sealed, or it is for another key.</summary>
    /// <param name="message">The message; its signature is not looked at.</param>
    /// <param name="chainId">EIP-155 id of the chain whose registry numbers the agents.</param>
    /// <param name="receiverSecret">32 bytes.</param>
    public static byte[]? TryOpen(AgentMessage message, ulong chainId, ReadOnlySpan<byte> receiverSecret)
    {
        ArgumentNullException.ThrowIfNull(message);
        return message.TrySealedBytes() is { } text
            ? SealedBox.TryOpen(
                receiverSecret, message.SenderKey.ToArray(), message.HeaderDigest(chainId).ToArray(), text)
            : null;
    }
}

/// <summary>Who writes to whom, before the text is sealed.</summary>
/// <param name="From">Number of the sender.</param>
/// <param name="To">Number of the receiver.</param>
/// <param name="Id">The sender's random name for it.</param>
/// <param name="SentAt">Unix seconds.</param>
/// <param name="Topic">May be empty.</param>
/// <param name="ReceiverKey">The receiver's X25519 key.</param>
public sealed record MessageDraft(
    ulong From, ulong To, Hash256 Id, ulong SentAt, string Topic, Hash256 ReceiverKey);

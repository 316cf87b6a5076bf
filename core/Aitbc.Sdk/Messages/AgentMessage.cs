using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;

namespace Aitbc.Sdk.Messages;

/// <summary>
/// A message of one agent to another, signed by its sender and sealed for its receiver (specs/market/messages.md,
/// Envelope). Nothing of it is checked before somebody checks it.
/// </summary>
public sealed record AgentMessage
{
    /// <summary>Most bytes of a text.</summary>
    public const int MaxPayload = 64 * 1024;

    /// <summary>Most characters of a topic.</summary>
    public const int MaxTopic = 64;

    /// <summary>Highest number of an agent: beyond it JSON numbers are not exact everywhere.</summary>
    public const ulong MaxAgent = (1UL << 53) - 1;

    /// <summary>Longest <see cref="Sealed"/>, in characters.</summary>
    public const int MaxSealed = (SealedBox.Overhead + MaxPayload + 2) / 3 * 4;

    private const string Members = "uint256 from,uint256 to,bytes32 id,uint64 sentAt,string topic,bytes32 receiverKey,"
        + "bytes32 senderKey";

    private static readonly Eip712Type Header = Eip712Type.Parse($"AgentMessageHeader({Members})");
    private static readonly Eip712Type Whole = Eip712Type.Parse($"AgentMessage({Members},bytes32 sealedHash)");

    /// <summary>Who writes: its number in the registry, at most <see cref="MaxAgent"/>.</summary>
    public required ulong From { get; init; }

    /// <summary>Who reads: its number in the registry, at most <see cref="MaxAgent"/>.</summary>
    public required ulong To { get; init; }

    /// <summary>The sender's random name for it: no other message of the sender has it.</summary>
    public required Hash256 Id { get; init; }

    /// <summary>When, in Unix seconds by the sender's clock; less than 2^53.</summary>
    public required ulong SentAt { get; init; }

    /// <summary>At most 64 of <c>a-z 0-9 . _ / -</c>; empty = none. Everybody on the way sees it.</summary>
    public string Topic { get; init => field = value ?? ""; } = "";

    /// <summary>The receiver's X25519 key for which it is sealed.</summary>
    public required Hash256 ReceiverKey { get; init; }

    /// <summary>The X25519 key that was made for this message alone.</summary>
    public required Hash256 SenderKey { get; init; }

    /// <summary>Base64 of nonce, ciphertext and tag.</summary>
    public required string Sealed { get; init; }

    /// <summary>65 bytes r ‖ s ‖ v over <see cref="Digest"/>, as 0x hex.</summary>
    public string Signature { get; init => field = value ?? ""; } = "";

    /// <summary>True if every member is within its bounds; says nothing about signature and text.</summary>
    public bool IsWellFormed() =>
        From <= MaxAgent && To <= MaxAgent && SentAt <= MaxAgent && IsTopic(Topic) && TrySealedBytes() is not null
        && Signature.Length == 132;

    /// <summary>True for what may be a topic, the empty one included.</summary>
    public static bool IsTopic(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return topic.Length <= MaxTopic
            && topic.All(c => c is (>= 'a' and <= 'z') or (>= '0' and <= '9') or '.' or '_' or '/' or '-');
    }

    /// <summary>Nonce, ciphertext and tag; null if <see cref="Sealed"/> is no base64 of a length that may be.</summary>
    public byte[]? TrySealedBytes()
    {
        if (Sealed.Length is 0 or > MaxSealed || Sealed.Length % 4 != 0)
            return null;
        var buffer = new byte[Sealed.Length / 4 * 3];
        if (!Convert.TryFromBase64String(Sealed, buffer, out var length)
            || length is < SealedBox.Overhead or > SealedBox.Overhead + MaxPayload)
            return null;
        var bytes = buffer[..length];
        // Base64 of the same bytes can be written in several ways: one of them is taken.
        return Convert.ToBase64String(bytes) == Sealed ? bytes : null;
    }

    /// <summary>What the encryption is bound to: the EIP-712 digest of all but text and signature.</summary>
    /// <param name="chainId">EIP-155 id of the chain whose registry numbers the agents.</param>
    public Hash256 HeaderDigest(ulong chainId) => new TypedMessage(Domain(chainId), Header, Values()).Digest();

    /// <summary>What is signed, and the name of the message everywhere.</summary>
    /// <param name="chainId">EIP-155 id of the chain whose registry numbers the agents.</param>
    /// <exception cref="FormatException"><see cref="Sealed"/> is not what it may be.</exception>
    public Hash256 Digest(ulong chainId) => Signed(chainId).Digest();

    /// <summary>The object for eth_signTypedData_v4.</summary>
    /// <param name="chainId">EIP-155 id of the chain whose registry numbers the agents.</param>
    /// <exception cref="FormatException"><see cref="Sealed"/> is not what it may be.</exception>
    public JsonElement ToTypedData(ulong chainId) => Signed(chainId).ToJson();

    /// <summary>Who signed it; null if nobody did. Whether the account speaks for the sender the chain knows.</summary>
    /// <param name="chainId">EIP-155 id of the chain whose registry numbers the agents.</param>
    public Address? SignerOf(ulong chainId) =>
        IsWellFormed()
        && Hex.TryParse(Signature, out var bytes)
        && Primitives.Crypto.Signature.TryParse65(bytes, out var parsed)
        && Secp256k1.TryRecover(Digest(chainId), parsed, out var signer)
            ? signer
            : null;

    private static Eip712Domain Domain(ulong chainId) => MarketDomain.Of(chainId, SystemContractAddresses.JobEscrow);

    private TypedMessage Signed(ulong chainId)
    {
        var bytes = TrySealedBytes() ?? throw new FormatException("The sealed text is no base64 of a fitting length.");
        return new TypedMessage(Domain(chainId), Whole, [.. Values(), Keccak256.Hash(bytes)]);
    }

    private object[] Values() =>
        [(UInt256)From, (UInt256)To, Id, (UInt256)SentAt, Topic, ReceiverKey, SenderKey];
}

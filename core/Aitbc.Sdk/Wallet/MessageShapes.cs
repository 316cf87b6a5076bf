using System.Text.Json.Serialization;
using Aitbc.Primitives;
using Aitbc.Sdk.Messages;

namespace Aitbc.Sdk.Wallet;

/// <summary>Body of <c>POST /v1/messages/key</c>.</summary>
/// <param name="Account">Whose key.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record MessageKeyRequest(Address Account);

/// <summary>The public key for which messages to an account's agents are sealed.</summary>
/// <param name="Account">Whose.</param>
/// <param name="Key">X25519, 32 bytes: the value of the metadata <c>x25519</c>.</param>
public sealed record MessageKey(Address Account, Hash256 Key);

/// <summary>Body of <c>POST /v1/messages/seal</c>: a text for another agent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record SealMessageRequest
{
    /// <summary>Who signs: an account that speaks for the sender.</summary>
    public required Address Account { get; init; }

    /// <summary>EIP-155 id of the chain whose registry numbers the agents.</summary>
    public required ulong ChainId { get; init; }

    /// <summary>Number of the sender.</summary>
    public required ulong From { get; init; }

    /// <summary>Number of the receiver.</summary>
    public required ulong To { get; init; }

    /// <summary>The receiver's key, from the registry.</summary>
    public required Hash256 ReceiverKey { get; init; }

    /// <summary>At most 64 of <c>a-z 0-9 . _ / -</c>; everybody on the way sees it.</summary>
    public string Topic { get; init => field = value ?? ""; } = "";

    /// <summary>Of a message that is sent anew; null = a new one.</summary>
    public Hash256? Id { get; init; }

    /// <summary>0 to 65,536 bytes.</summary>
    public required byte[] Payload { get; init; }
}

/// <summary>Body of <c>POST /v1/messages/open</c>.</summary>
/// <param name="Account">Whose key opens it.</param>
/// <param name="ChainId">EIP-155 id of the chain whose registry numbers the agents.</param>
/// <param name="Message">What came.</param>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record OpenMessageRequest(Address Account, ulong ChainId, AgentMessage Message);

/// <summary>A message that opened.</summary>
/// <param name="Payload">The text.</param>
/// <param name="Signer">Who signed it; whether the account speaks for the sender the chain knows.</param>
/// <param name="OpenedAt">When it was first opened, if that was before: do not act on it twice.</param>
public sealed record OpenedMessage(byte[] Payload, Address Signer, DateTimeOffset? OpenedAt = null);

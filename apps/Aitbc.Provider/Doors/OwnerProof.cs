using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Provider.Errors;
using Aitbc.Provider.Self;
using Aitbc.Sdk.Errors;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors;

/// <summary>Who signs as the provider's account is the owner (EIP-191), for a minute.</summary>
internal static class OwnerProof
{
    private const int MostBodyBytes = 4096;
    private static readonly TimeSpan MostSkew = TimeSpan.FromSeconds(60);

    /// <summary>Null if the body is not what it should be.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type)
        where T : class
    {
        var body = new byte[MostBodyBytes];
        var length = await http.Request.Body.ReadAtLeastAsync(body, body.Length, false, http.RequestAborted);
        try
        {
            return length < body.Length ? JsonSerializer.Deserialize(body.AsSpan(0, length), type) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>This provider's account. Throws if it is not known yet.</summary>
    public static Address Account(ProviderSelf self) => self.Identity?.Address
        ?? throw Refusals.Of(
            ProviderCodes.Starting, 503, "The provider does not know its account yet.", retryable: true);

    /// <summary>Throws if this is not signed by the account.</summary>
    public static void Require(Address account, string message, string signature, string next)
    {
        var isOwner = Hex.TryParse(signature, out var bytes) && Signature.TryParse65(bytes, out var parsed)
            && Secp256k1.TryRecover(Eip191.HashMessage(Encoding.UTF8.GetBytes(message)), parsed, out var signer)
            && signer == account;
        if (!isOwner)
            throw Refusals.Of(
                ProblemCodes.Unauthorized, 401, "Only the provider's own account may order this.", next: next);
    }

    /// <summary>Whether it was said in this minute.</summary>
    public static bool IsNow(long atMs, TimeProvider time) =>
        Math.Abs(time.GetUtcNow().ToUnixTimeMilliseconds() - (double)atMs) <= MostSkew.TotalMilliseconds;
}

using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Primitives.Crypto;
using Aitbc.Primitives.Encoding;
using Aitbc.Primitives.TypedData;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Wallet;

namespace Aitbc.Sdk.Market;

/// <summary>What a provider says about itself, signed by its account.</summary>
public sealed record ProviderRegistration
{
    private static readonly Eip712Type Type = Eip712Type.Parse(
        "ProviderRegistration(address provider,string url,string offers,uint256 issuedAt)");

    private static readonly Eip712Type WithAgent = Eip712Type.Parse(
        "ProviderRegistration(address provider,string url,string offers,uint256 issuedAt,uint256 agentId)");

    /// <summary>The provider's account.</summary>
    public required Address Provider { get; init; }

    /// <summary>Where its direct door is; empty = none.</summary>
    public required string Url { get; init; }

    /// <summary><see cref="Offer.Canonical"/> of what it sells.</summary>
    public required string Offers { get; init; }

    /// <summary>Unix time in seconds. A registration replaces only an older one.</summary>
    public required ulong IssuedAt { get; init; }

    /// <summary>
    /// Its agent in the identity registry of the chain (ERC-8004), which the provider's account must own; null = none.
    /// </summary>
    public ulong? AgentId { get; init; }

    /// <summary>65 bytes r ‖ s ‖ v over the EIP-712 digest, as 0x hex.</summary>
    public required string Signature { get; init; }

    /// <summary>Makes a signed registration.</summary>
    public static async Task<ProviderRegistration> SignAsync(
        IWalletSigner signer,
        MarketInfo market,
        Address provider,
        string url,
        IReadOnlyList<Offer> offers,
        ulong issuedAt,
        CancellationToken cancel = default) =>
        await new ProviderRegistration
        {
            Provider = provider,
            Url = url,
            Offers = Offer.Canonical(offers),
            IssuedAt = issuedAt,
            Signature = "",
        }.SignAsync(signer, market, cancel).ConfigureAwait(false);

    /// <summary>The same registration, signed by its provider's account.</summary>
    public async Task<ProviderRegistration> SignAsync(
        IWalletSigner signer, MarketInfo market, CancellationToken cancel = default)
    {
        ArgumentNullException.ThrowIfNull(signer);
        ArgumentNullException.ThrowIfNull(market);
        var signature = await signer
            .SignTypedDataAsync(Provider, ToTypedData(market.ChainId, market.Escrow), cancel).ConfigureAwait(false);
        return this with { Signature = Hex.ToHex(signature.ToBytes65()) };
    }

    /// <summary>The object for eth_signTypedData_v4.</summary>
    public JsonElement ToTypedData(ulong chainId, Address escrow) => Message(chainId, escrow).ToJson();

    /// <summary>True if the provider itself signed this for this market.</summary>
    public bool IsSignedByProvider(ulong chainId, Address escrow) =>
        Hex.TryParse(Signature, out var bytes)
        && Primitives.Crypto.Signature.TryParse65(bytes, out var parsed)
        && Secp256k1.TryRecover(Message(chainId, escrow).Digest(), parsed, out var signer)
        && signer == Provider;

    private TypedMessage Message(ulong chainId, Address escrow) => AgentId is { } agent
        ? new(MarketDomain.Of(chainId, escrow), WithAgent, Provider, Url, Offers, (UInt256)IssuedAt, (UInt256)agent)
        : new(MarketDomain.Of(chainId, escrow), Type, Provider, Url, Offers, (UInt256)IssuedAt);
}

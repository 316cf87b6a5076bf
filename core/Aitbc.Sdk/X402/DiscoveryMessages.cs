using System.Text.Json;

namespace Aitbc.Sdk.X402;

/// <summary>
/// Something that can be paid for, as x402's extension <c>bazaar</c> lists it (specs/market/facilitator.md).
/// </summary>
/// <param name="Resource">Its address.</param>
/// <param name="Type"><c>http</c>, or what its input says.</param>
/// <param name="X402Version">2.</param>
/// <param name="Accepts">Ways to pay, as it offers them; the amount is that of the request which was tried.</param>
/// <param name="LastUpdated">When it was seen last, ISO 8601 in UTC.</param>
/// <param name="Description">What it says of itself.</param>
/// <param name="Extensions">What it takes and gives.</param>
public sealed record DiscoveredResource(
    string Resource,
    string Type,
    int X402Version,
    IReadOnlyList<JsonElement> Accepts,
    string LastUpdated,
    string? Description,
    JsonElement Extensions);

/// <summary>A part of a list.</summary>
/// <param name="Limit">Most items of a page.</param>
/// <param name="Offset">Items before it.</param>
/// <param name="Total">Items of all pages.</param>
public sealed record DiscoveryPagination(int Limit, int Offset, int Total);

/// <summary>What was discovered.</summary>
/// <param name="X402Version">2.</param>
/// <param name="Items">In the order of their addresses.</param>
/// <param name="Pagination">Which part this is.</param>
public sealed record DiscoveryAnswer(
    int X402Version, IReadOnlyList<DiscoveredResource> Items, DiscoveryPagination Pagination);

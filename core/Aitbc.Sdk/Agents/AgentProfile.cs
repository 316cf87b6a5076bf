using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aitbc.Sdk.Agents;

/// <summary>
/// The registration file of an agent (ERC-8004): what it says of itself. Nothing of it is proven; a service is proven
/// by the registration that its own domain serves.
/// </summary>
public sealed record AgentProfile
{
    /// <summary>Value of <see cref="Type"/>.</summary>
    public const string RegistrationType = "https://eips.ethereum.org/EIPS/eip-8004#registration-v1";

    /// <summary>Most bytes of a file that are read.</summary>
    public const int MaxBytes = 64 * 1024;

    private const string DataPrefix = "data:application/json;base64,";

    /// <summary>What kind of file this is.</summary>
    public string Type { get; init => field = value ?? RegistrationType; } = RegistrationType;

    /// <summary>Name for people.</summary>
    public required string Name { get; init; }

    /// <summary>What it does.</summary>
    public string Description { get; init => field = value ?? ""; } = "";

    /// <summary>Address of a picture.</summary>
    public string? Image { get; init; }

    /// <summary>Where it can be reached.</summary>
    public IReadOnlyList<AgentService> Services { get; init => field = value ?? []; } = [];

    /// <summary>True if its services are paid by x402.</summary>
    public bool X402Support { get; init; }

    // Settable, since the generated reader would put false where this is left out.
    /// <summary>False if it does not work now.</summary>
    public bool Active { get; set; } = true;

    /// <summary>How it can be trusted: <c>reputation</c>, <c>crypto-economic</c>, <c>tee-attestation</c>.</summary>
    public IReadOnlyList<string>? SupportedTrust { get; init; }

    /// <summary>The file inside a <c>data:</c> URI, so that it needs no server.</summary>
    public string ToUri() =>
        DataPrefix + Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(this, AgentJson.Default.AgentProfile));

    /// <summary>The file of a <c>data:</c> URI, or null if it is none, is too long or cannot be read.</summary>
    public static AgentProfile? TryReadUri(string uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        if (!uri.StartsWith(DataPrefix, StringComparison.Ordinal)
            || uri.Length - DataPrefix.Length > MaxBytes / 3 * 4)
            return null;
        try
        {
            return TryRead(Convert.FromBase64String(uri[DataPrefix.Length..]));
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>A file, or null if it is too long or cannot be read.</summary>
    public static AgentProfile? TryRead(ReadOnlySpan<byte> json)
    {
        try
        {
            var profile = json.Length > MaxBytes
                ? null
                : JsonSerializer.Deserialize(json, AgentJson.Default.AgentProfile);
            // The reader lets null through as a member of a list.
            return profile is { } read && !read.Services.Contains(null!) && read.SupportedTrust?.Contains(null!) != true
                ? read
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>One way to reach an agent.</summary>
/// <param name="Name">Its protocol: <c>A2A</c>, <c>MCP</c>, <c>web</c>, ...</param>
/// <param name="Endpoint">Its address.</param>
/// <param name="Version">Version of the protocol.</param>
public sealed record AgentService(string Name, string Endpoint, string? Version = null);

/// <summary>Source-generated JSON of registration files.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(AgentProfile))]
internal sealed partial class AgentJson : JsonSerializerContext;

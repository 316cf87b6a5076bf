using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Host.Errors;
using Aitbc.Sdk.Json;

namespace Aitbc.Host.Roles;

/// <summary>
/// A role's configuration file: <c>{"listen":"http://127.0.0.1:8006","options":{...}}</c>, and beside them
/// <c>"tls":{"certificate":"FILE","key":"FILE"}</c>.
/// </summary>
internal sealed record RoleSettings(Uri Listen, JsonElement Options, TlsFiles? Tls = null)
{
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Unknown, missing and repeated keys are refused: a typing error must not become a default.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        ReadCommentHandling = JsonCommentHandling.Skip,
        WriteIndented = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new AddressJsonConverter(), new Hash256JsonConverter(), new UInt256JsonConverter() },
    };

    public static RoleSettings Read(string path, Uri? listen, TlsFiles? tls = null)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
                throw new StartFailure(StartCodes.ConfigInvalid, $"{path} is too long for a configuration.");
            using var stream = File.OpenRead(path);
            var file = JsonSerializer.Deserialize<RoleFile>(stream, Json)
                ?? throw new StartFailure(StartCodes.ConfigInvalid, $"{path} holds no configuration.");
            var settings = new RoleSettings(listen ?? file.Listen, file.Options, tls ?? file.Tls);
            return ListenRule.Fault(settings) is { } fault
                ? throw new StartFailure(StartCodes.ConfigInvalid, $"{path}: {fault}")
                : settings;
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StartFailure(StartCodes.ConfigInvalid, $"{path} cannot be read: {e.Message}", null, e);
        }
    }

    private sealed record RoleFile(Uri Listen, JsonElement Options, TlsFiles? Tls = null);
}

/// <summary>Certificate (with its chain) and private key, both PEM.</summary>
internal sealed record TlsFiles(string Certificate, string Key);

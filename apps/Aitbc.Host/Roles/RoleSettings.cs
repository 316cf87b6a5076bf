using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Host.Errors;
using Aitbc.Sdk.Json;

namespace Aitbc.Host.Roles;

/// <summary>A role's configuration file: <c>{"listen":"http://127.0.0.1:8006","options":{...}}</c>.</summary>
internal sealed record RoleSettings(Uri Listen, JsonElement Options)
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

    public static RoleSettings Read(string path, Uri? listen)
    {
        try
        {
            if (new FileInfo(path) is { Exists: true, Length: > MaxBytes })
                throw new StartFailure(StartCodes.ConfigInvalid, $"{path} is too long for a configuration.");
            using var stream = File.OpenRead(path);
            var file = JsonSerializer.Deserialize<RoleFile>(stream, Json)
                ?? throw new StartFailure(StartCodes.ConfigInvalid, $"{path} holds no configuration.");
            return new RoleSettings(Loopback(listen ?? file.Listen, path), file.Options);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new StartFailure(StartCodes.ConfigInvalid, $"{path} cannot be read: {e.Message}", null, e);
        }
    }

    // What leaves the machine is decided by a proxy that its owner puts in front, never by this file.
    private static Uri Loopback(Uri listen, string path) =>
        listen is { IsAbsoluteUri: true, Scheme: "http", IsLoopback: true }
            ? listen
            : throw new StartFailure(
                StartCodes.ConfigInvalid, $"{path}: 'listen' must be http on a loopback address, not {listen}.");

    private sealed record RoleFile(Uri Listen, JsonElement Options);
}

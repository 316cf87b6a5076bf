using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Errors;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Wallet.Backups;

/// <summary>
/// Says that the data were restored from a backup and that nobody has said yet what to think of it. What budgets signed
/// after the backup is not in it, so they sign nothing until the owner says that they may.
/// </summary>
internal sealed class RestoredMark(WalletOptions options)
{
    private const string FileName = "wallet.restored";
    private volatile bool isGone;

    private string FilePath => Path.Combine(options.DataDirectory, FileName);

    /// <summary>True until the owner's word.</summary>
    public bool IsThere
    {
        get
        {
            // It never appears while a daemon is at work: a restore takes an empty folder only.
            if (!isGone && !File.Exists(FilePath))
                isGone = true;
            return !isGone;
        }
    }

    public RestoredState? Read() => IsThere
        ? JsonSerializer.Deserialize(File.ReadAllBytes(FilePath), RestoredJson.Default.RestoredState)
        : null;

    public void Remove() => File.Delete(FilePath);

    public static void Clear(string folder) => File.Delete(Path.Combine(folder, FileName));

    public static void Write(string folder, RestoredState state) => SecretFile.Write(
        Path.Combine(folder, FileName), JsonSerializer.SerializeToUtf8Bytes(state, RestoredJson.Default.RestoredState));

    /// <summary>Why a request is not served while the mark is there; null = it is.</summary>
    public Refusal? Refuse(Caller caller, HttpRequest request)
    {
        if (!HttpMethods.IsPost(request.Method) || !IsThere)
            return null;
        return caller.IsOwner && !request.Path.StartsWithSegments("/v1/pay") ? null : Refusal.Restored;
    }
}

/// <summary>What the mark says.</summary>
internal sealed record RestoredState(DateTimeOffset MadeAt, DateTimeOffset RestoredAt);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(RestoredState))]
internal sealed partial class RestoredJson : JsonSerializerContext;

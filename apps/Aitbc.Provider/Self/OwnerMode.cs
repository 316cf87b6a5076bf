using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Sdk.Files;

namespace Aitbc.Provider.Self;

/// <summary>What the owner said last.</summary>
/// <param name="Paused">Whether nothing new is taken.</param>
/// <param name="Notice">What is told to who asks; null = nothing more.</param>
/// <param name="AtMs">When it was said, by the owner's clock; every order is later than the one before.</param>
internal sealed record OwnerOrder(bool Paused, string? Notice, long AtMs);

/// <summary>
/// Whether this provider takes new work. The owner's last order outlives the process, so that a restart neither opens
/// what was paused nor takes an old order again.
/// </summary>
internal sealed class OwnerMode : IDisposable
{
    public const int LongestNotice = 200;
    private readonly string _file;
    private readonly Lock _gate = new();
    private OwnerOrder _last;
    private CancellationTokenSource _open = new();

    public OwnerMode(ProviderOptions options)
    {
        Directory.CreateDirectory(options.DataDirectory);
        _file = Path.Combine(options.DataDirectory, "owner.json");
        _last = Read();
        if (_last.Paused)
            _open.Cancel();
    }

    public OwnerOrder Last => Volatile.Read(ref _last);

    public bool Paused => Last.Paused;

    /// <summary>Cancelled by the owner's next pause: ends what waits for new work.</summary>
    public CancellationToken UntilPaused => Volatile.Read(ref _open).Token;

    /// <summary>Why nothing is taken, as a sentence.</summary>
    public string Sentence => Last.Notice is { } notice
        ? $"The owner has paused this provider: {notice}" : "The owner has paused this provider.";

    /// <summary>Takes an order that is later than the one before; false = it is not.</summary>
    public bool TryTake(OwnerOrder order)
    {
        lock (_gate)
        {
            if (order.AtMs <= _last.AtMs)
                return false;
            DurableFile.Replace(_file, JsonSerializer.SerializeToUtf8Bytes(order, OwnerJson.Default.OwnerOrder));
            Volatile.Write(ref _last, order);
            // The old one is not disposed: who took its token may still look at it.
            if (order.Paused)
                _open.Cancel();
            else if (_open.IsCancellationRequested)
                Volatile.Write(ref _open, new CancellationTokenSource());
            return true;
        }
    }

    public void Dispose() => _open.Dispose();

    // An order that cannot be read may have been a pause: selling against the owner's word is the worse mistake.
    private OwnerOrder Read()
    {
        if (!File.Exists(_file))
            return new OwnerOrder(false, null, 0);
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(_file), OwnerJson.Default.OwnerOrder)
                ?? throw new JsonException();
        }
        catch (JsonException)
        {
            // Strangers read it: it names no place of this machine.
            return new OwnerOrder(true, "What the owner said last cannot be read; 'resume' writes it anew.", 0);
        }
    }
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(OwnerOrder))]
internal sealed partial class OwnerJson : JsonSerializerContext;

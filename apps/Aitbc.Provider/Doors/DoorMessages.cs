using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Json;

namespace Aitbc.Provider.Doors;

/// <summary>Body of POST /v1/jobs. Inputs: base64 by the hash of the bytes.</summary>
internal sealed record JobRequest(
    JobTerms? Terms, JobSpec? Spec, Dictionary<string, string>? Inputs = null, string? Signature = null);

/// <summary>What the provider tells of a job. Output: base64, for its client only.</summary>
internal sealed record JobAnswer(
    string JobId, string State, ReceiptFile? Receipt, string? Output, string? FailureCode, string? FailureDetail);

internal sealed record HealthAnswer(
    string Status, string? Address, int Running, bool Paused, string? Notice, string? OpensAt);

/// <summary>An order of the owner; the signature is of <see cref="OwnerDoor.Message"/>.</summary>
internal sealed record OwnerRequest(bool Paused, long AtMs, string Signature, string? Notice = null);

internal sealed record OwnerAnswer(bool Paused, string? Notice, long AtMs);

/// <summary>A question of the owner; the signature is of <see cref="EarningsDoor.Message"/>.</summary>
internal sealed record EarningsRequest(
    string Since, string Until, string By, long AtMs, string Signature, string After = "",
    int Limit = EarningsDoor.MostRows);

/// <summary>A sum; counts of tokens and amounts (atto-AIT) as text, since they may be beyond 2^53.</summary>
internal sealed record EarningsRow(string Key, long Answers, string PromptTokens, string OutputTokens, string Charged);

internal sealed record EarningsAnswer(
    string Provider, string Since, string Until, string By, IReadOnlyList<EarningsRow> Rows, EarningsRow Total,
    long Damaged, string? Next);

internal sealed record OfferAnswer(
    string Engine,
    string ResourceClass,
    string EngineVersion,
    string UnitKind,
    string UnitPrice,
    ulong UnitsPer,
    ulong MaxUnits);

/// <summary>
/// What is given for nothing each day in UTC to who pays by a channel that holds the deposit, which is in atto-AIT.
/// </summary>
internal sealed record FreeAnswer(ulong TokensPerClient, ulong TokensPerDay, string MinDeposit, ulong GivenToday);

internal sealed record OffersAnswer(string? Provider, IReadOnlyList<OfferAnswer> Offers, FreeAnswer? Free);

internal sealed record StatsAnswer(
    long Executed, long Failed, IReadOnlyDictionary<string, long> Refused, int Running, int Queued, int Capacity);

internal sealed record GpuAnswer(
    int Index,
    string Name,
    string Driver,
    long? MemoryBytes,
    long? MemoryUsedBytes,
    int? LoadPercent,
    int? TemperatureCelsius,
    int? Processes,
    string State);

internal sealed record ProofAnswer(
    string Backend, string Device, long Bytes, long ElapsedMicroseconds, string Digest, long AtMs);

internal sealed record GpusAnswer(
    string Source, IReadOnlyList<GpuAnswer> Gpus, string Backend, string Device, long MostBytes, ProofAnswer? Proof,
    GpuAttestation? Attestation);

/// <summary>Answer to a challenge. Results: base64 of eight bytes a lane.</summary>
internal sealed record ChallengeAnswer(ProofAnswer Proof, string Results);

/// <summary>Another voucher of a stream, and what its client has counted up to an event.</summary>
internal sealed record VoucherRequest(
    string MaxClaimableAmount, string Signature, ulong? Tokens = null, int? Event = null);

/// <summary>Where a stream stands after a voucher; amounts in atto-AIT.</summary>
internal sealed record VoucherAnswer(ulong Tokens, string Charge, string Covered, string Cap);

/// <summary>
/// What was sold by the call since the start, what waits, what was given in the last seconds, and what this day earned.
/// </summary>
internal sealed record SalesAnswer(
    long Answers, int Running, int Waiting, ulong PromptTokens, ulong OutputTokens, string Charged,
    ulong RecentTokens, int RecentSeconds, string ChargedToday, ulong? FreeToday);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(AddressJsonConverter), typeof(Hash256JsonConverter), typeof(UInt256JsonConverter)])]
[JsonSerializable(typeof(JobRequest))]
[JsonSerializable(typeof(JobAnswer))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(OwnerRequest))]
[JsonSerializable(typeof(OwnerAnswer))]
[JsonSerializable(typeof(EarningsRequest))]
[JsonSerializable(typeof(EarningsAnswer))]
[JsonSerializable(typeof(OffersAnswer))]
[JsonSerializable(typeof(StatsAnswer))]
[JsonSerializable(typeof(GpusAnswer))]
[JsonSerializable(typeof(ChallengeAnswer))]
[JsonSerializable(typeof(GpuWork))]
[JsonSerializable(typeof(VoucherRequest))]
[JsonSerializable(typeof(VoucherAnswer))]
[JsonSerializable(typeof(SalesAnswer))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(Dictionary<string, string>))]
internal sealed partial class DoorJson : JsonSerializerContext;

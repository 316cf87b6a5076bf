using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Primitives;
using Aitbc.Provider.Earnings;
using Aitbc.Sdk.Json;
using Aitbc.Sdk.X402;

namespace Aitbc.Provider.Payments.Journal;

/// <summary>
/// A channel as this provider has to remember it. Each record replaces the one before as a whole.
/// </summary>
/// <param name="Id">The channel's id.</param>
/// <param name="Config">Its parties and terms.</param>
/// <param name="Charged">Everything that was charged on it.</param>
/// <param name="Signed">The highest voucher.</param>
/// <param name="Signature">Its signature, 0x hex.</param>
/// <param name="Use">The request that is under way, or the last one.</param>
internal sealed record ChannelRecord(
    Hash256 Id, ChannelConfig Config, UInt256 Charged, UInt256 Signed, string Signature, ChannelUse? Use);

/// <summary>What a voucher was used for.</summary>
/// <param name="Request">Hash of the request.</param>
/// <param name="Voucher">Total of the voucher that came with it.</param>
/// <param name="Answer">Id of the answer.</param>
/// <param name="Charge">What was charged for it; null = it has not ended.</param>
/// <param name="AtMs">When, Unix time in milliseconds.</param>
/// <param name="Earned">What the book of earnings gets of this record; null once it has it.</param>
/// <param name="Free">What was given for nothing of it; null = nothing.</param>
internal sealed record ChannelUse(
    Hash256 Request, UInt256 Voucher, string Answer, UInt256? Charge, long AtMs,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EarningLine? Earned = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] FreeUse? Free = null);

/// <summary>Tokens that were given for nothing.</summary>
/// <param name="Day">Of which day in UTC.</param>
/// <param name="Tokens">Of this answer.</param>
/// <param name="Total">All of the payer on this day, with these.</param>
internal sealed record FreeUse(DateOnly Day, ulong Tokens, ulong Total);

/// <summary>All that a payer was given for nothing on a day.</summary>
internal sealed record FreeRecord(Address Payer, DateOnly Day, ulong Total);

/// <summary>A signed transfer that was shown.</summary>
/// <param name="From">Whose coins.</param>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Request">Hash of the request that it is good for.</param>
/// <param name="Value">In atto-AIT.</param>
/// <param name="ValidBefore">Unix seconds.</param>
/// <param name="Answer">Id of the answer.</param>
/// <param name="Transaction">What put it on the chain; null = it is not there as far as is known.</param>
/// <param name="AtMs">When, Unix time in milliseconds.</param>
/// <param name="IsCounted">Whether the tokens of its answer stand in the book of earnings.</param>
/// <param name="Earned">What the book of earnings gets of this record; null once it has it.</param>
internal sealed record TransferRecord(
    Address From,
    Hash256 Nonce,
    Hash256 Request,
    UInt256 Value,
    ulong ValidBefore,
    string Answer,
    Hash256? Transaction,
    long AtMs,
    bool IsCounted = false,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] EarningLine? Earned = null);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    Converters = [typeof(AddressJsonConverter), typeof(Hash256JsonConverter), typeof(UInt256JsonConverter)])]
[JsonSerializable(typeof(ChannelRecord))]
[JsonSerializable(typeof(TransferRecord))]
[JsonSerializable(typeof(FreeRecord))]
internal sealed partial class PaymentRecordJson : JsonSerializerContext;

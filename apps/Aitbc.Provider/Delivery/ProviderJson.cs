using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Json;

namespace Aitbc.Provider.Delivery;

/// <summary>JSON of the payloads in the journal.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    Converters = [typeof(AddressJsonConverter), typeof(Hash256JsonConverter), typeof(UInt256JsonConverter)])]
[JsonSerializable(typeof(JobOrder))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(ReceiptFile))]
[JsonSerializable(typeof(JobFailure))]
[JsonSerializable(typeof(JobSubmission))]
[JsonSerializable(typeof(JobClosing))]
internal sealed partial class ProviderJson : JsonSerializerContext;

using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Sdk.Json;

namespace Aitbc.Sdk.Jobs;

/// <summary>Source-generated JSON of receipt files.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    WriteIndented = true,
    NewLine = "\n",
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AddressJsonConverter), typeof(Hash256JsonConverter), typeof(UInt256JsonConverter)])]
[JsonSerializable(typeof(ReceiptFile))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(ReceiptProof))]
public sealed partial class ReceiptJson : JsonSerializerContext;

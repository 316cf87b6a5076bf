using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aitbc.Wallet.EthereumRpc;

[JsonSourceGenerationOptions(AllowDuplicateProperties = false)]
[JsonSerializable(typeof(JsonDocument))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class RpcJson : JsonSerializerContext;

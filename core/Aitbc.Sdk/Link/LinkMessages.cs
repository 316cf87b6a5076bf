using System.Text.Json;
using System.Text.Json.Serialization;

namespace Aitbc.Sdk.Link;

/// <summary>The head of a request that a coordinator passes to a provider.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Path">Path and query, from the first slash on.</param>
/// <param name="Headers">Only those of <see cref="LinkHeaders"/>.</param>
public sealed record LinkRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers);

/// <summary>The head of a provider's answer.</summary>
/// <param name="Status">HTTP status, 200 to 599.</param>
/// <param name="Headers">Only those of <see cref="LinkHeaders"/>.</param>
public sealed record LinkResponse(int Status, IReadOnlyDictionary<string, string> Headers);

/// <summary>How busy a provider is.</summary>
/// <param name="Running">Jobs and answers under way.</param>
/// <param name="Capacity">Jobs that it takes at once, 0 to 10,000.</param>
public sealed record LinkLoad(int Running, int Capacity);

[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(LinkRequest))]
[JsonSerializable(typeof(LinkResponse))]
[JsonSerializable(typeof(LinkLoad))]
internal sealed partial class LinkJson : JsonSerializerContext;

using Aitbc.Primitives;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace Aitbc.Coordinator;

/// <summary>Says in the OpenAPI document what the converters write.</summary>
internal static class WireSchemas
{
    public static Task DescribeAsync(
        OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancel)
    {
        var type = Nullable.GetUnderlyingType(context.JsonTypeInfo.Type) ?? context.JsonTypeInfo.Type;
        if (type == typeof(Address))
            Text(schema, "^0x[0-9a-fA-F]{40}$", "An account; mixed case is checked by EIP-55.");
        else if (type == typeof(Hash256))
            Text(schema, "^0x[0-9a-fA-F]{64}$", "32 bytes.");
        else if (type == typeof(UInt256))
            Text(schema, "^[0-9]{1,78}$", "atto-AIT, decimal.");
        return Task.CompletedTask;
    }

    private static void Text(OpenApiSchema schema, string pattern, string description)
    {
        schema.Type = JsonSchemaType.String;
        schema.Pattern = pattern;
        schema.Description = description;
    }
}

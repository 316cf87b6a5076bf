using System.Text.Json;
using Aitbc.Node;

namespace Aitbc.Host.Roles;

internal sealed class NodeRole() : RoleDefinition(RoleTable.Node, 8006)
{
    public override void Add(WebApplicationBuilder builder, JsonElement settings) =>
        builder.Services.AddNode(settings.Deserialize<NodeOptions>(RoleSettings.Json)!);

    public override Task PrepareAsync(WebApplication app, CancellationToken cancel) => app.PrepareNodeAsync(cancel);

    public override void Map(WebApplication app) => app.MapNode();
}

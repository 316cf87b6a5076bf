using System.Text.Json;
using Aitbc.Coordinator;

namespace Aitbc.Host.Roles;

internal sealed class CoordinatorRole() : RoleDefinition(RoleTable.Coordinator, 8000)
{
    public override void Add(WebApplicationBuilder builder, JsonElement settings) =>
        builder.Services.AddCoordinator(settings.Deserialize<CoordinatorOptions>(RoleSettings.Json)!);

    public override void Map(WebApplication app) => app.MapCoordinator();
}

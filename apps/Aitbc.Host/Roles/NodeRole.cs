using System.Text.Json;
using Aitbc.Host.Errors;

namespace Aitbc.Host.Roles;

internal sealed class NodeRole() : RoleDefinition(RoleTable.Node, 8006)
{
    public override void Add(WebApplicationBuilder builder, JsonElement settings) =>
        throw new StartFailure(StartCodes.RoleFailed, "This role is not part of this build.");

    public override void Map(WebApplication app)
    {
    }
}

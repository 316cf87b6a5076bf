using System.Text.Json;
using Aitbc.Provider;

namespace Aitbc.Host.Roles;

internal sealed class ProviderRole() : RoleDefinition(RoleTable.Provider, 8008)
{
    public override void Add(WebApplicationBuilder builder, JsonElement settings) =>
        builder.Services.AddProvider(settings.Deserialize<ProviderOptions>(RoleSettings.Json)!);

    public override void Map(WebApplication app) => app.MapProvider();
}

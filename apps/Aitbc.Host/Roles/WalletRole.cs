using System.Text.Json;
using Aitbc.Wallet;

namespace Aitbc.Host.Roles;

internal sealed class WalletRole() : RoleDefinition(RoleTable.Wallet, 8015)
{
    public override void Add(WebApplicationBuilder builder, JsonElement settings) =>
        builder.Services.AddWallet(
            settings.Deserialize<WalletOptions>(RoleSettings.Json)! with { AskForPassword = true });

    public override void Map(WebApplication app) => app.MapWallet();
}

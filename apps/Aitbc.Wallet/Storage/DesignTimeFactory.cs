using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Aitbc.Wallet.Storage;

/// <summary>Lets <c>dotnet ef migrations add</c> make the context without starting the daemon.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<WalletDbContext>
{
    public WalletDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<WalletDbContext>();
        WalletDatabase.Configure(options, new WalletOptions { DataDirectory = Path.GetTempPath() });
        return new WalletDbContext(options.Options);
    }
}

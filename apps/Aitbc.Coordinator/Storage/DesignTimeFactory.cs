using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Design;

namespace Aitbc.Coordinator.Storage;

/// <summary>Lets <c>dotnet ef migrations add</c> make the context without starting the daemon.</summary>
internal sealed class DesignTimeFactory : IDesignTimeDbContextFactory<CoordinatorDbContext>
{
    public CoordinatorDbContext CreateDbContext(string[] args)
    {
        var options = new DbContextOptionsBuilder<CoordinatorDbContext>();
        CoordinatorDatabase.Configure(options, new CoordinatorOptions { DataDirectory = Path.GetTempPath() });
        return new CoordinatorDbContext(options.Options);
    }
}

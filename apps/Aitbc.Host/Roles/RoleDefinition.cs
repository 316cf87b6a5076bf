using System.Text.Json;

namespace Aitbc.Host.Roles;

/// <summary>One role of the daemon: its name, its standard port and how it is composed.</summary>
internal abstract class RoleDefinition(string name, int port)
{
    /// <summary>The word on the command line, in folders and in logs.</summary>
    public string Name { get; } = name;

    /// <summary>Its standard port on 127.0.0.1.</summary>
    public int Port { get; } = port;

    /// <summary>Binds the settings, refusing unknown keys, and registers the role.</summary>
    public abstract void Add(WebApplicationBuilder builder, JsonElement settings);

    /// <summary>What the role does before its parts are made; may take long.</summary>
    public virtual Task PrepareAsync(WebApplication app, CancellationToken cancel) => Task.CompletedTask;

    /// <summary>Puts the role's endpoints on the application, which serves nothing else.</summary>
    public abstract void Map(WebApplication app);
}

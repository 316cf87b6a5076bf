using Aitbc.Node;
using Aitbc.Primitives;
using Aitbc.Testing;
using Xunit;

namespace Node.Tests.Running;

/// <summary>A folder and a node of its own for each test.</summary>
public abstract class NodeTest : IAsyncLifetime
{
    protected static readonly Address Receiver = Address.Parse("0x00000000000000000000000000000000000000aa");

    internal string Folder { get; } = Directory.CreateTempSubdirectory("aitbc-node-").FullName;

    internal TestNode Node { get; private set; } = null!;

    public virtual async ValueTask InitializeAsync()
    {
        var options = TestNode.OptionsIn(Folder);
        Configure(options);
        Node = await TestNode.StartAsync(options);
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Node is not null)
            await Node.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    protected virtual void Configure(NodeOptions options)
    {
    }

    internal async Task RestartAsync()
    {
        await Node.DisposeAsync();
        Node = await TestNode.StartAsync(Node.Options);
    }

    /// <summary>One final transfer.</summary>
    internal async Task<string> TransferAsync(ulong nonce, ulong value = 1)
    {
        var hash = (string)(await Node.SendRawAsync(TestAccounts.Transfer(0, nonce, Receiver, value).Bytes()))!;
        await Node.ReceiptAsync(hash);
        return hash;
    }
}

using System.Net;
using Aitbc.Primitives;
using Aitbc.Provider;
using Aitbc.Provider.Payments.Channels;
using Aitbc.Provider.Self;
using Aitbc.Provider.Selling;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Wallet;
using Aitbc.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Services.Tests.Chain;
using Services.Tests.Provider.Models;
using Services.Tests.Wallet.Payments;
using Xunit;

namespace Services.Tests.Provider.Selling;

/// <summary>
/// A real node, a server of models that a test scripts, and the provider between them on a real port; buyers pay from
/// funded accounts. Prices: 10 atto-AIT a token of the prompt, 100 of the output.
/// </summary>
internal sealed class SellingWorld : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("aitbc-selling-").FullName;
    private readonly Action<ProviderOptions>? _set;
    private readonly Action<IServiceCollection>? _also;
    private readonly LocalSigner _signer;
    private RealNode _node = null!;
    private WebApplication? _provider;

    private SellingWorld(Action<ProviderOptions>? set, int account, Action<IServiceCollection>? also)
    {
        (_set, _also) = (set, also);
        _signer = new LocalSigner(TestAccounts.Key(account));
        Wallet = new AbsentWallet(_signer);
    }

    public ShiftedTime Time { get; } = new();

    /// <summary>What signs for the provider.</summary>
    public AbsentWallet Wallet { get; }

    public ScriptedModels Models { get; private set; } = null!;

    public ChainClient Chain => _node.Client;

    public TransactionSender Sender { get; private set; } = null!;

    public Address Provider => _signer.Address;

    public HttpClient Http { get; private set; } = null!;

    public ProviderOptions Options { get; private set; } = null!;

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<SellingWorld> StartAsync(
        Dialect? dialect = null, Action<ProviderOptions>? set = null, int account = 1,
        Action<IServiceCollection>? also = null)
    {
        var world = new SellingWorld(set, account, also);
        world._node = await RealNode.StartAsync(world._folder, world.Time);
        world.Sender = new TransactionSender(world.Chain, new LocalSigner(TestAccounts.Key(3)));
        world.Models = await ScriptedModels.StartAsync(dialect ?? Dialect.Ollama);
        await world.StartProviderAsync();
        return world;
    }

    public HttpClient NodeHttp => _node.Http;

    public T Service<T>()
        where T : notnull => _provider!.Services.GetRequiredService<T>();

    public Buyer Buyer(int account = 0) => new(TestAccounts.Key(account), Http, Time);

    /// <summary>The file of an answer's receipt, once it is signed.</summary>
    public async Task<byte[]> ReceiptAsync(string answer)
    {
        byte[]? file = null;
        await RefusedPaymentTests.WaitUntilAsync(() =>
        {
            using var receipt = Http.Send(new HttpRequestMessage(HttpMethod.Get, $"/v1/receipts/{answer}"));
            file = receipt.IsSuccessStatusCode ? receipt.Content.ReadAsByteArrayAsync().Result : null;
            return file is not null;
        });
        return file!;
    }

    /// <summary>The provider sees what the chain has now.</summary>
    public Task LookAsync() => Service<ChannelWatch>().LookAsync(Cancel);

    /// <summary>The process ends as by a crash, and starts again on the same data.</summary>
    /// <param name="meanwhile">What happens to its data.</param>
    public async Task RestartAsync(Action? meanwhile = null)
    {
        await StopProviderAsync();
        meanwhile?.Invoke();
        await StartProviderAsync();
    }

    /// <summary>The process ends while it works: what is on its disk now is all that is left of it.</summary>
    public async Task CrashAsync()
    {
        var (data, image) = (Path.Combine(_folder, "provider"), Path.Combine(_folder, "image"));
        // A file that went meanwhile, a draft that was renamed, would be lost under both of its names.
        while (!TryCopy(data, image))
            Directory.Delete(image, recursive: true);

        // What still ends writes into the folder that is to go.
        var desk = Service<SalesDesk>();
        await StopProviderAsync();
        await desk.WhenEndedAsync().WaitAsync(TimeSpan.FromSeconds(20), Cancel);
        Directory.Delete(data, recursive: true);
        Directory.Move(image, data);
        await StartProviderAsync();
    }

    private static bool TryCopy(string data, string image)
    {
        try
        {
            foreach (var file in Directory.EnumerateFiles(data, "*", SearchOption.AllDirectories)
                .Where(f => Path.GetExtension(f) != ".lock"))
            {
                var copy = Path.Combine(image, Path.GetRelativePath(data, file));
                Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
                File.Copy(file, copy);
            }

            return true;
        }
        catch (FileNotFoundException)
        {
            return false;
        }
    }

    /// <summary>The process is asked to stop, takes its time, and starts again on the same data.</summary>
    public async Task RestartGentlyAsync()
    {
        await _provider!.StopAsync(Cancel);
        await _provider.DisposeAsync();
        Http.Dispose();
        await StartProviderAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopProviderAsync();
        await Models.DisposeAsync();
        await _node.DisposeAsync();
        _signer.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartProviderAsync()
    {
        Options = new ProviderOptions
        {
            DataDirectory = Path.Combine(_folder, "provider"),
            NodeUrl = NodeHttp.BaseAddress!,
            WalletUrl = NodeHttp.BaseAddress!,
            WalletTokenFile = "not used",
            OllamaEnabled = Models.Dialect == Dialect.Ollama,
            ReconcileInterval = TimeSpan.FromHours(1),
        };
        Options.Ollama.Host = Models.Url;
        if (Models.Dialect == Dialect.OpenAi)
            Options.OpenAi.Url = new Uri(Models.Url + "/v1");
        Options.ModelPrices[Dialect.Model] = new() { Prompt = 10, Output = 100 };
        Options.Payments.FollowInterval = TimeSpan.FromHours(1); // a look is made when a test asks for one
        _set?.Invoke(Options);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(k => k.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<TimeProvider>(Time);
        builder.Services.AddSingleton<IWalletSigner>(Wallet);
        builder.Services.AddSingleton<IProviderAccount>(new Account(_signer.Address));
        builder.Services.AddProvider(Options);
        _also?.Invoke(builder.Services);
        _provider = builder.Build();
        _provider.MapProvider();
        await _provider.StartAsync(Cancel);
        Http = new HttpClient { BaseAddress = new Uri(_provider.Urls.Single()) };
        await Service<ProviderSelf>().WhenKnownAsync(Cancel).WaitAsync(TimeSpan.FromSeconds(30), Cancel);
        await LookAsync();
    }

    /// <summary>The provider goes away for good.</summary>
    public async Task DisposeProviderAsync()
    {
        await StopProviderAsync();
        _provider = null;
    }

    private async Task StopProviderAsync()
    {
        if (_provider is null)
            return;
        Service<ProviderLifetime>().Stop();
        Http.Dispose();
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _provider.StopAsync(now.Token);
        await _provider.DisposeAsync();
    }

    private sealed class Account(Address address) : IProviderAccount
    {
        public Task<Address> AddressAsync(CancellationToken cancel) => Task.FromResult(address);
    }
}

using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Wallet.Access;
using Aitbc.Wallet.Accounts;
using Aitbc.Wallet.Errors;
using Aitbc.Wallet.Storage;

namespace Aitbc.Wallet.Signing.Remote;

/// <summary>The signers of the configuration, by name.</summary>
internal sealed class RemoteSigners : IDisposable
{
    private const int MostAnswerBytes = 1024 * 1024;
    private readonly Dictionary<string, (ChainClient Client, HttpClient Http)> signers = [];

    /// <exception cref="WalletStartException">A signer's settings cannot work, or its token is exposed.</exception>
    public RemoteSigners(WalletOptions options, TimeProvider time)
    {
        foreach (var signer in options.Signers)
        {
            if (Fault(signer) is { } fault)
                throw new WalletStartException(WalletStartException.SignerInvalid, $"Signer {signer.Name}: {fault}");
            var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false })
            {
                BaseAddress = signer.Url,
                Timeout = Timeout.InfiniteTimeSpan, // the client below has its own
            };
            if (signer.TokenFile is { } file)
                http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token(file));
            var bounds = new ChainClientOptions
            {
                RequestTimeout = signer.Timeout,
                MaxResponseBytes = MostAnswerBytes,
            };
            signers.Add(signer.Name, (new ChainClient(http, bounds, time), http));
        }
    }

    public IEnumerable<string> Names => signers.Keys;

    /// <summary>The signer of an account that was taken in.</summary>
    public Verdict<ISigner> Find(AccountRow row) => signers.TryGetValue(row.Path ?? "", out var found)
        ? new Verdict<ISigner>(new RemoteSigner(row.Path!, Address.FromBytes(row.Address), found.Client), null)
        : RemoteRefusals.Unknown(row.Path ?? "");

    /// <summary>The accounts that a signer lists now.</summary>
    public async Task<Verdict<IReadOnlyList<Address>>> AccountsAsync(string name, CancellationToken cancel) =>
        signers.TryGetValue(name, out var found)
            ? await RemoteSigner.AccountsAsync(name, found.Client, cancel)
            : RemoteRefusals.Unknown(name);

    public void Dispose()
    {
        foreach (var (_, http) in signers.Values)
            http.Dispose();
    }

    private string? Fault(RemoteSignerOptions signer)
    {
        if (!AccountLabel.IsValid(signer.Name))
            return AccountLabel.Rule;
        if (signers.ContainsKey(signer.Name))
            return "there are two of this name.";
        if (signer.Timeout <= TimeSpan.Zero || signer.Timeout > TimeSpan.FromMinutes(10))
            return "its timeout is up to 10 minutes.";
        return signer.Url is { IsAbsoluteUri: true, UserInfo: "" }
            && (signer.Url.Scheme == "https" || signer.Url is { Scheme: "http", IsLoopback: true })
            ? null
            : "its url is https, or http on a loopback address, without a password in it.";
    }

    private static string Token(string file)
    {
        try
        {
            var bytes = SecretFile.Read(file);
            var token = Encoding.ASCII.GetString(bytes);
            CryptographicOperations.ZeroMemory(bytes);
            return token.Length > 0 && token.All(c => c is > ' ' and < '\x7f')
                ? token
                : throw new WalletStartException(WalletStartException.SignerInvalid, $"{file} holds no token.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WalletStartException(
                WalletStartException.SignerInvalid, $"The token {file} cannot be read: {e.Message}", e);
        }
    }
}

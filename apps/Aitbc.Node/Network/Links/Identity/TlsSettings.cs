using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Aitbc.Node.Network.Links.Identity;

/// <summary>TLS of specs/p2p.md, section 2: 1.3, both keys proven anew on each link, nothing else looked at.</summary>
internal sealed class TlsSettings(X509Certificate2 certificate)
{
    public static SslApplicationProtocol Protocol { get; } = new("aitbc/1");

    // The chain alone would be built from the machine's stores and the network.
    private readonly SslStreamCertificateContext context =
        SslStreamCertificateContext.Create(certificate, additionalCertificates: null, offline: true);

    /// <param name="check">Called with the peer's certificate, whose key TLS then proves.</param>
    public SslServerAuthenticationOptions Listener(Func<X509Certificate2, bool> check) => new()
    {
        ServerCertificateContext = context,
        ClientCertificateRequired = true,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [Protocol],
        AllowRenegotiation = false,
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = NothingFetched(),
        RemoteCertificateValidationCallback = (_, peer, _, _) => peer is X509Certificate2 known && check(known),
    };

    /// <inheritdoc cref="Listener"/>
    public SslClientAuthenticationOptions Dialler(Func<X509Certificate2, bool> check) => new()
    {
        TargetHost = "",
        ClientCertificateContext = context,
        EnabledSslProtocols = SslProtocols.Tls13,
        ApplicationProtocols = [Protocol],
        AllowRenegotiation = false,
        AllowTlsResume = false,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        CertificateChainPolicy = NothingFetched(),
        RemoteCertificateValidationCallback = (_, peer, _, _) => peer is X509Certificate2 known && check(known),
    };

    private static X509ChainPolicy NothingFetched() => new()
    {
        DisableCertificateDownloads = true,
        RevocationMode = X509RevocationMode.NoCheck,
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Sdk.Files;

namespace Aitbc.Node.Network.Links.Identity;

/// <summary>The key that names this node to its peers (specs/p2p.md, K1 to K3).</summary>
internal sealed class TransportKey : IDisposable
{
    public const string FileName = "transport.key";
    private const string Curve = "1.2.840.10045.3.1.7"; // P-256
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MaxFile = 4_096;

    // The dates mean nothing (K3), and so need no clock.
    private static readonly DateTimeOffset From = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(2120, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly ECDsa key;

    private TransportKey(ECDsa key)
    {
        this.key = key;
        Id = PeerIdOf(key.ExportSubjectPublicKeyInfo());
        Certificate = new CertificateRequest("CN=aitbc", key, HashAlgorithmName.SHA256).CreateSelfSigned(From, Until);
    }

    public PeerId Id { get; }

    public X509Certificate2 Certificate { get; }

    /// <summary>A key that is kept nowhere.</summary>
    public static TransportKey Create() => new(ECDsa.Create(ECCurve.NamedCurves.nistP256));

    /// <exception cref="NodeStartException">Others may read the file, or it holds no such key.</exception>
    public static TransportKey ReadOrCreate(string folder)
    {
        Directory.CreateDirectory(folder);
        var path = Path.Combine(folder, FileName);
        if (!File.Exists(path))
            Write(path);
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~OwnerOnly) != 0)
        {
            throw new NodeStartException(
                NodeStartException.KeyExposed,
                $"Others than its owner may use {path}. If nobody has read it, 'chmod 600' makes it private again.");
        }

        return new TransportKey(Read(path));
    }

    /// <summary>The name of the peer that holds this certificate's key; null unless it is on P-256.</summary>
    public static PeerId? PeerIdOf(X509Certificate2 certificate)
    {
        try
        {
            using var key = certificate.GetECDsaPublicKey();
            return key?.ExportParameters(false).Curve.Oid.Value == Curve
                ? PeerIdOf(certificate.PublicKey.ExportSubjectPublicKeyInfo())
                : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        Certificate.Dispose();
        key.Dispose();
    }

    private static PeerId PeerIdOf(byte[] subjectPublicKeyInfo) =>
        new(Hash256.FromBytes(SHA256.HashData(subjectPublicKeyInfo)));

    private static ECDsa Read(string path)
    {
        var key = ECDsa.Create();
        try
        {
            if (new FileInfo(path).Length > MaxFile)
                throw new CryptographicException("The file is too long.");
            key.ImportFromPem(File.ReadAllText(path));
            if (key.ExportParameters(true).Curve.Oid.Value == Curve)
                return key;
            throw new CryptographicException("The key is on another curve.");
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            key.Dispose();
            throw new NodeStartException(
                NodeStartException.Damaged, $"{path} holds no P-256 key: {e.Message}", e);
        }
    }

    private static void Write(string path)
    {
        using var fresh = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        DurableFile.CreateSecret(path, Encoding.ASCII.GetBytes(fresh.ExportPkcs8PrivateKeyPem()));
    }
}

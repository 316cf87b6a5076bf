using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Aitbc.Host.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Aitbc.Host.Roles;

/// <summary>Opens the one place a role listens at: a port, with TLS or without, or a Unix socket.</summary>
internal static class Listening
{
    /// <summary>The scheme of a Unix socket's address: <c>unix:/run/aitbc/wallet.sock</c>.</summary>
    public const string Unix = "unix";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    public static void Configure(ConfigureWebHostBuilder web, RoleSettings settings)
    {
        var listen = settings.Listen;
        if (listen.Scheme == Unix)
            web.UseSockets(o => o.CreateBoundListenSocket = Bind);
        var certificate = settings.Tls is { } files ? Read(files) : null;
        if (certificate is not null)
            web.UseKestrelHttpsConfiguration();
        web.ConfigureKestrel(k =>
        {
            k.AddServerHeader = false;
            if (listen.Scheme == Unix)
                k.ListenUnixSocket(listen.LocalPath);
            else
                k.Listen(AddressOf(listen), listen.Port, o => Secure(o, certificate));
        });
    }

    /// <summary>How others are told where it is.</summary>
    public static string Name(Uri listen) =>
        listen.Scheme == Unix ? $"{Unix}:{listen.LocalPath}" : listen.GetLeftPart(UriPartial.Authority);

    private static IPAddress AddressOf(Uri listen) => listen.HostNameType == UriHostNameType.Dns
        ? IPAddress.Loopback
        : IPAddress.Parse(listen.Host.Trim('[', ']'));

    private static void Secure(ListenOptions options, X509Certificate2Collection? certificate)
    {
        if (certificate is null)
            return;
        options.UseHttps(https =>
        {
            https.ServerCertificate = certificate[0];
            https.ServerCertificateChain = [.. certificate.Skip(1)];
            https.SslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13;
        });
    }

    // The first certificate is the server's, those after it are its chain.
    private static X509Certificate2Collection Read(TlsFiles files)
    {
        if (!OperatingSystem.IsWindows() && File.Exists(files.Key) && (File.GetUnixFileMode(files.Key) & Others) != 0)
        {
            throw new StartFailure(
                StartCodes.ConfigInvalid,
                $"{files.Key} can be used by others than its owner: run chmod 600 on it, and replace the key.");
        }

        var all = new X509Certificate2Collection { X509Certificate2.CreateFromPemFile(files.Certificate, files.Key) };
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(files.Certificate);
        foreach (var further in chain.Skip(1))
            all.Add(further);
        return all;
    }

    // The mode is set before the socket listens: until then every connection is refused, so nobody slips in.
    private static Socket Bind(EndPoint place)
    {
        if (place is not UnixDomainSocketEndPoint socket)
            return SocketTransportOptions.CreateDefaultBoundListenSocket(place);
        var path = socket.ToString();
        if (File.Exists(path) && !IsLeftOver(socket))
            throw new AddressInUseException($"{path} is in use.");
        File.Delete(path);
        var bound = SocketTransportOptions.CreateDefaultBoundListenSocket(place);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, OwnerOnly);
        return bound;
    }

    // A process that was killed leaves its socket's name behind, and nobody answers there.
    private static bool IsLeftOver(UnixDomainSocketEndPoint place)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(place);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
    }
}

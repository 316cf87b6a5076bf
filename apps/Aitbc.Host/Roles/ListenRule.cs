using System.Net;

namespace Aitbc.Host.Roles;

/// <summary>Where a role may listen: in the clear on this machine only, anywhere else with TLS.</summary>
internal static class ListenRule
{
    // What sockaddr_un has room for, less the zero at its end.
    private const int LongestPath = 107;

    /// <summary>What is wrong with it; null = nothing.</summary>
    public static string? Fault(RoleSettings settings)
    {
        var listen = settings.Listen;
        if (!listen.IsAbsoluteUri)
            return "'listen' is an address such as http://127.0.0.1:8015.";
        return listen.Scheme switch
        {
            Listening.Unix => FaultOfSocket(settings),
            "http" when settings.Tls is not null => "a certificate needs 'listen' with https.",
            "http" when listen.IsLoopback => null,
            "http" => $"'listen' must be http on a loopback address, or https with a certificate, not {listen}.",
            "https" when settings.Tls is null => "'listen' with https needs a certificate: --tls-cert and --tls-key.",
            "https" when listen.IsLoopback || IPAddress.TryParse(listen.Host.Trim('[', ']'), out _) => null,
            "https" => $"'listen' names an address of this machine, such as https://0.0.0.0:8015, not {listen.Host}.",
            _ => $"'listen' is http, https or unix, not {listen.Scheme}.",
        };
    }

    private static string? FaultOfSocket(RoleSettings settings)
    {
        var path = settings.Listen.LocalPath;
        if (settings.Tls is not null)
            return "a Unix socket has no certificate.";
        return path.Length is > 1 and <= LongestPath && path[0] == '/'
            ? null
            : $"a Unix socket is unix: and an absolute path of at most {LongestPath} characters.";
    }
}

using System.CommandLine;
using Aitbc.Host.Roles;

namespace Aitbc.Host.Commands;

/// <summary>Where a role listens, said on the command line instead of in its configuration.</summary>
internal sealed class ListenFlags
{
    private readonly Option<Uri?> listen = new("--listen")
    {
        Description = "Listen here instead of where the file says.",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var url))
                return url;
            result.AddError($"'{result.Tokens[0].Value}' is no address.");
            return null;
        },
    };

    private readonly Option<string?> socket = new("--socket")
    {
        Description = "Listen on a Unix socket at this path (mode 0600) instead of on a port.",
    };

    private readonly Option<string?> certificate = new("--tls-cert")
    {
        Description = "PEM file with the certificate and its chain, for a --listen with https.",
    };

    private readonly Option<string?> key = new("--tls-key")
    {
        Description = "PEM file with the certificate's private key; nobody else may read it.",
    };

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[listen, socket, certificate, key])
            command.Options.Add(option);
        command.Validators.Add(result =>
        {
            if (result.GetValue(socket) is not null && result.GetValue(listen) is not null)
                result.AddError("--socket and --listen exclude each other.");
            if (result.GetValue(certificate) is null != result.GetValue(key) is null)
                result.AddError("--tls-cert and --tls-key belong together.");
        });
    }

    /// <summary>The place that is named; null = what the file says.</summary>
    public Uri? Place(ParseResult parsed) => parsed.GetValue(socket) is { } path
        ? new Uri($"{Listening.Unix}:{Path.GetFullPath(path)}")
        : parsed.GetValue(listen);

    /// <summary>The certificate that is named; null = what the file says.</summary>
    public TlsFiles? Tls(ParseResult parsed) => parsed.GetValue(certificate) is { } file
        ? new TlsFiles(file, parsed.GetRequiredValue(key)!)
        : null;
}

using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using Aitbc.Host.Roles;
using Aitbc.Node;
using Aitbc.Wallet;
using Microsoft.AspNetCore.Connections;

namespace Aitbc.Host.Errors;

/// <summary>The one place where exceptions of a starting role become sentences; everything else is a defect.</summary>
internal static class StartFailures
{
    /// <summary>The failure behind an exception, or null if it is not an expected one.</summary>
    public static StartFailure? From(Exception exception, string role, Uri listen) => exception switch
    {
        StartFailure failure => failure,
        AggregateException { InnerExceptions: [var only] } => From(only, role, listen),
        NodeStartException refusal => new StartFailure(refusal.Code, refusal.Message, null, refusal),
        WalletStartException refusal => new StartFailure(refusal.Code, refusal.Message, null, refusal),
        IOException { InnerException: AddressInUseException } => InUse(role, listen),
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } => InUse(role, listen),
        CryptographicException => new StartFailure(
            StartCodes.ConfigInvalid, $"The certificate or its key cannot be used: {exception.Message}"),
        JsonException or ArgumentException => new StartFailure(
            StartCodes.ConfigInvalid, $"The configuration of the {role} cannot work: {exception.Message}"),
        InvalidDataException => new StartFailure(StartCodes.DataDamaged, exception.Message),
        IOException or UnauthorizedAccessException => new StartFailure(StartCodes.RoleFailed, exception.Message),
        _ => null,
    };

    private static StartFailure InUse(string role, Uri listen) => listen.Scheme == Listening.Unix
        ? new StartFailure(StartCodes.PortInUse, $"Another process answers at {listen.AbsolutePath}.")
        : PortInUse(role, listen.Port, "--listen");

    public static StartFailure PortInUse(string role, int port, string option) => new(
        StartCodes.PortInUse,
        $"Port {port} for the {role} is in use by another process.",
        $"Stop that process, choose another port with {option}, or let free ports be taken with --free-ports.");
}

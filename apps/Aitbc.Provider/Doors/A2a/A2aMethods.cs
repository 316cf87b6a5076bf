using System.Globalization;
using Aitbc.Provider.Doors.Rpc;
using Microsoft.AspNetCore.Http;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>
/// The two eras of the protocol, 1.0 and 0.3, which differ in the names of methods and in the form of everything. A
/// request says by a header of which it is; without one it is of 0.3.
/// </summary>
internal static class A2aMethods
{
    public const string Send = "SendMessage";
    public const string Stream = "SendStreamingMessage";
    public const string Get = "GetTask";
    public const string Cancel = "CancelTask";
    public const string Subscribe = "SubscribeToTask";
    public const string List = "ListTasks";
    public const string ExtendedCard = "GetExtendedAgentCard";
    public const string Push = "PushNotificationConfig";
    private const string VersionName = "A2A-Version";

    private static readonly HashSet<string> Modern =
    [
        Send, Stream, Get, Cancel, Subscribe, List, ExtendedCard, "CreateTaskPushNotificationConfig",
        "GetTaskPushNotificationConfig", "ListTaskPushNotificationConfigs", "DeleteTaskPushNotificationConfig",
    ];

    private static readonly Dictionary<string, string> Legacy = new(StringComparer.Ordinal)
    {
        ["message/send"] = Send,
        ["message/stream"] = Stream,
        ["tasks/get"] = Get,
        ["tasks/cancel"] = Cancel,
        ["tasks/resubscribe"] = Subscribe,
        ["tasks/pushNotificationConfig/set"] = Push,
        ["tasks/pushNotificationConfig/get"] = Push,
        ["tasks/pushNotificationConfig/list"] = Push,
        ["tasks/pushNotificationConfig/delete"] = Push,
        ["agent/getAuthenticatedExtendedCard"] = ExtendedCard,
    };

    /// <summary>True for a request of 0.3. Throws <see cref="RpcRefusedException"/>.</summary>
    public static bool IsLegacy(HttpRequest request)
    {
        var asked = request.Headers[VersionName].ToString().Trim();
        if (asked.Length == 0)
            asked = request.Query[VersionName].ToString().Trim();
        if (asked.Length == 0)
            return true;
        // A third number changes nothing of the protocol.
        var parts = asked.Split('.');
        var isVersion = parts.Length is 2 or 3 && parts.All(
            p => int.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out _));
        return (isVersion ? $"{parts[0]}.{parts[1]}" : "") switch
        {
            "0.3" => true,
            "1.0" => false,
            _ => throw A2aErrors.Of(
                A2aErrors.VersionNotSupported, "VERSION_NOT_SUPPORTED", "Versions 1.0 and 0.3 are spoken here."),
        };
    }

    /// <summary>
    /// The method by its name of 1.0, those of notifications by one. Throws <see cref="RpcRefusedException"/>.
    /// </summary>
    public static string Of(string method, bool isLegacy)
    {
        if (isLegacy && Legacy.TryGetValue(method, out var modern))
            return modern;
        if (!isLegacy && Modern.Contains(method))
            return method.Contains(Push, StringComparison.Ordinal) ? Push : method;
        var sentence = isLegacy && Modern.Contains(method)
            ? $"This is a method of version 1.0: send the header {VersionName}: 1.0."
            : "There is no such method.";
        throw new RpcRefusedException(200, RpcRefusedException.MethodNotFound, sentence);
    }
}

using System.Globalization;
using System.Text.Json.Nodes;
using Aitbc.Provider.Doors.Rpc;
using Aitbc.Provider.Selling;

namespace Aitbc.Provider.Doors.A2a;

/// <summary>Errors as clients of A2A read them: a code, and an ErrorInfo as the data (specs/provider/a2a.md).</summary>
internal static class A2aErrors
{
    public const int TaskNotFound = -32001;
    public const int TaskNotCancelable = -32002;
    public const int PushNotSupported = -32003;
    public const int UnsupportedOperation = -32004;
    public const int ContentTypeNotSupported = -32005;
    public const int ExtendedCardNotConfigured = -32007;
    public const int VersionNotSupported = -32009;

    /// <summary>Ours: what a payment would help with, and what may be asked again.</summary>
    public const int PaymentRequired = -32050;

    public const int Unavailable = -32051;

    private const string InfoType = "type.googleapis.com/google.rpc.ErrorInfo";

    public static RpcRefusedException Of(int code, string reason, string sentence) => new(200, code, sentence)
    {
        Details = Info(reason, "a2a-protocol.org", []),
    };

    public static RpcRefusedException NoTask() =>
        Of(TaskNotFound, "TASK_NOT_FOUND", "There is no such task, or it is no longer kept.");

    /// <summary>A refusal of what is sold, in the words of this door.</summary>
    public static RpcRefusedException Of(SaleRefusedException refused, bool isTransfer)
    {
        var problem = RefusalProblem.Of(refused, isTransfer, "The agent card lists the models that are sold here.");
        var said = new JsonObject();
        foreach (var (name, value) in problem)
        {
            // The values of this map are texts; what is not known is left out.
            if (name != "message" && value is not null)
                said[name] = value.GetValueKind() == System.Text.Json.JsonValueKind.String
                    ? value.DeepClone() : value.ToJsonString();
        }

        var status = refused.Status is 400 or 404 or 409 ? 200 : refused.Status;
        return new RpcRefusedException(status, CodeOf(refused), refused.Message)
        {
            Details = Info(refused.Code.ToUpper(CultureInfo.InvariantCulture), "aitbc", said),
        };
    }

    private static int CodeOf(SaleRefusedException refused) => refused.Status switch
    {
        402 => PaymentRequired,
        400 or 404 => RpcRefusedException.InvalidParams,
        413 => RpcRefusedException.InvalidRequest,
        409 or 503 => Unavailable,
        _ => RpcRefusedException.Internal,
    };

    private static JsonArray Info(string reason, string domain, JsonObject more)
    {
        var info = new JsonObject { ["@type"] = InfoType, ["reason"] = reason, ["domain"] = domain };
        if (more.Count > 0)
            info["metadata"] = more;
        return new JsonArray(info);
    }
}

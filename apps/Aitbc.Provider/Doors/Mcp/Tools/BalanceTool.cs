using System.Text.Json.Nodes;
using Aitbc.Primitives;
using Aitbc.Provider.Payments.Allowance;
using Aitbc.Provider.Payments.Channels;
using Aitbc.Provider.Selling;
using Aitbc.Sdk.Errors;

namespace Aitbc.Provider.Doors.Mcp.Tools;

/// <summary>A channel as this provider has it.</summary>
internal sealed class BalanceTool(ChannelTabs tabs, FreeAllowance allowance) : IMcpTool
{
    public string Name => "balance";

    public JsonObject Describe() => ToolSchemas.Describe(
        Name,
        "Says of a payment channel what was deposited, signed, charged and is left, in atto-AIT. Free.",
        ToolSchemas.Text("channel", "Id of the channel, 0x and 64 hex digits."));

    public Task<JsonObject> CallAsync(ToolCallRequest call, CancellationToken cancel)
    {
        if (!Hash256.TryParse(PaidBody.Parse(() => call.Arguments.Text("channel")), out var id))
            throw SaleRefusedException.Invalid("The channel is an id of 0x and 64 hex digits.");
        var tab = tabs.Find(id)
            ?? throw new SaleRefusedException(404, "channel_not_found", "Nothing was ever paid here by that channel.");
        lock (tab.Gate)
        {
            if (tab.View is not { } view)
                throw new SaleRefusedException(
                    503, ProblemCodes.ChainUnavailable, "What the chain has of the channel is not known yet.")
                {
                    RetryAfter = TimeSpan.FromSeconds(1),
                };
            var balance = new JsonObject
            {
                ["channel"] = id.ToHex(),
                ["deposited"] = view.Balance.ToString(),
                ["signed"] = (tab.Record?.Signed ?? UInt256.Zero).ToString(),
                ["charged"] = tab.Charged.ToString(),
                ["claimed"] = view.Claimed.ToString(),
                ["left"] = (view.Balance > tab.Charged ? view.Balance - tab.Charged : UInt256.Zero).ToString(),
                ["busy"] = tab.IsBusy,
                ["withdrawing"] = view.WithdrawingSince != 0,
            };
            if (allowance.Limits is not null && tab.Record is { } record)
                balance["freeTokensLeft"] = allowance.LeftOn(record.Config.Payer, view);
            return Task.FromResult(ToolResults.Of(balance));
        }
    }
}

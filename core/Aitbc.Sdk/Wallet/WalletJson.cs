using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Sdk.Json;
using Aitbc.Sdk.Messages;

namespace Aitbc.Sdk.Wallet;

/// <summary>Source-generated JSON of the wallet's wire messages: camelCase; the daemon refuses unknown members,
/// clients ignore them.</summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true,
    Converters = [
        typeof(AddressJsonConverter),
        typeof(Hash256JsonConverter),
        typeof(UInt256JsonConverter),
        typeof(HexBytesJsonConverter)])]
[JsonSerializable(typeof(WalletAccount))]
[JsonSerializable(typeof(WalletAccountList))]
[JsonSerializable(typeof(CreateAccountRequest))]
[JsonSerializable(typeof(ImportAccountsRequest))]
[JsonSerializable(typeof(SignTransactionRequest))]
[JsonSerializable(typeof(SignMessageRequest))]
[JsonSerializable(typeof(SignTypedDataRequest))]
[JsonSerializable(typeof(SignedTransaction))]
[JsonSerializable(typeof(SignatureAnswer))]
[JsonSerializable(typeof(BudgetLimits))]
[JsonSerializable(typeof(CreateBudgetRequest))]
[JsonSerializable(typeof(CreatedBudget))]
[JsonSerializable(typeof(BudgetInfo))]
[JsonSerializable(typeof(BudgetList))]
[JsonSerializable(typeof(TopUpRequest))]
[JsonSerializable(typeof(SpendLog))]
[JsonSerializable(typeof(BudgetExposure))]
[JsonSerializable(typeof(SimulateRequest))]
[JsonSerializable(typeof(ExportRequest))]
[JsonSerializable(typeof(ExportedKey))]
[JsonSerializable(typeof(UnlockRequest))]
[JsonSerializable(typeof(RemoteAccountRequest))]
[JsonSerializable(typeof(RemoteSignerList))]
[JsonSerializable(typeof(BackupRequest))]
[JsonSerializable(typeof(RestoredInfo))]
[JsonSerializable(typeof(ResumeRequest))]
[JsonSerializable(typeof(SimulatedSpend))]
[JsonSerializable(typeof(PayRequest))]
[JsonSerializable(typeof(Payment))]
[JsonSerializable(typeof(PaymentResultRequest))]
[JsonSerializable(typeof(PaymentResult))]
[JsonSerializable(typeof(ChannelInfo))]
[JsonSerializable(typeof(ChannelList))]
[JsonSerializable(typeof(SpendAudit))]
[JsonSerializable(typeof(MessageKeyRequest))]
[JsonSerializable(typeof(MessageKey))]
[JsonSerializable(typeof(SealMessageRequest))]
[JsonSerializable(typeof(AgentMessage))]
[JsonSerializable(typeof(OpenMessageRequest))]
[JsonSerializable(typeof(OpenedMessage))]
public sealed partial class WalletJson : JsonSerializerContext;

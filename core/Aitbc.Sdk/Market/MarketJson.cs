using System.Text.Json;
using System.Text.Json.Serialization;
using Aitbc.Sdk.Errors;
using Aitbc.Sdk.Gpu;
using Aitbc.Sdk.Json;
using Aitbc.Sdk.Messages;
using Aitbc.Sdk.X402;

namespace Aitbc.Sdk.Market;

/// <summary>
/// Source-generated JSON of the market's wire messages: camelCase, amounts as decimal strings. The generated reader
/// sets every init-only member, to null where the text leaves it out: members with a default put it back themselves.
/// </summary>
[JsonSourceGenerationOptions(
    JsonSerializerDefaults.Web,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    AllowDuplicateProperties = false,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    Converters = [typeof(AddressJsonConverter), typeof(Hash256JsonConverter), typeof(UInt256JsonConverter)])]
[JsonSerializable(typeof(AitbcProblem))]
[JsonSerializable(typeof(MarketInfo))]
[JsonSerializable(typeof(ChallengeRequest))]
[JsonSerializable(typeof(Challenge))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(AccessGrant))]
[JsonSerializable(typeof(IReadOnlyList<Offer>))]
[JsonSerializable(typeof(ProviderRegistration))]
[JsonSerializable(typeof(ProviderView))]
[JsonSerializable(typeof(ProviderPage))]
[JsonSerializable(typeof(ReputationView))]
[JsonSerializable(typeof(HeartbeatRequest))]
[JsonSerializable(typeof(BlobAnswer))]
[JsonSerializable(typeof(OrderRequest))]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(JobPage))]
[JsonSerializable(typeof(LeaseRequest))]
[JsonSerializable(typeof(Lease))]
[JsonSerializable(typeof(LeaseExtension))]
[JsonSerializable(typeof(FundedHint))]
[JsonSerializable(typeof(ResultRequest))]
[JsonSerializable(typeof(FailureRequest))]
[JsonSerializable(typeof(JobStory))]
[JsonSerializable(typeof(HealthAnswer))]
[JsonSerializable(typeof(MarketOffer))]
[JsonSerializable(typeof(OfferView))]
[JsonSerializable(typeof(OfferPage))]
[JsonSerializable(typeof(GpuChallengeRequest))]
[JsonSerializable(typeof(GpuChallenge))]
[JsonSerializable(typeof(GpuProofRequest))]
[JsonSerializable(typeof(GpuAttestation))]
[JsonSerializable(typeof(QuoteRequest))]
[JsonSerializable(typeof(MarketQuote))]
[JsonSerializable(typeof(BidRequest))]
[JsonSerializable(typeof(BidView))]
[JsonSerializable(typeof(BookView))]
[JsonSerializable(typeof(TickerView))]
[JsonSerializable(typeof(TickerPage))]
[JsonSerializable(typeof(CandlePage))]
[JsonSerializable(typeof(TradePage))]
[JsonSerializable(typeof(BookEvent))]
[JsonSerializable(typeof(FacilitatorRequest))]
[JsonSerializable(typeof(VerifyAnswer))]
[JsonSerializable(typeof(SettleAnswer))]
[JsonSerializable(typeof(SupportedAnswer))]
[JsonSerializable(typeof(DiscoveryAnswer))]
[JsonSerializable(typeof(AgentMessage))]
[JsonSerializable(typeof(MessageReceipt))]
[JsonSerializable(typeof(InboxPage))]
[JsonSerializable(typeof(InboxAck))]
[JsonSerializable(typeof(InboxAckAnswer))]
public sealed partial class MarketJson : JsonSerializerContext;

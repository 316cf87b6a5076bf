using Aitbc.Primitives;

namespace Aitbc.Coordinator.Gateway;

/// <summary>One provider that sells one model by the call.</summary>
/// <param name="Provider">Its account.</param>
/// <param name="Model">The model as it names it.</param>
/// <param name="PromptPrice">atto-AIT for a token of the prompt, as it states.</param>
/// <param name="OutputPrice">atto-AIT for a token of the answer, as it states.</param>
/// <param name="IsWarm">Whether the model is loaded, as it states.</param>
/// <param name="PrivacyRank">Of its signed offer of the class: 0 open, 1 no-log, 2 attested.</param>
/// <param name="Region">Of its signed offer.</param>
/// <param name="Score">Its reputation, 0 to 1000.</param>
/// <param name="Health">What this coordinator has seen of it.</param>
internal sealed record Seller(
    Address Provider, string Model, UInt256 PromptPrice, UInt256 OutputPrice, bool IsWarm, int PrivacyRank,
    string Region, int Score, ProviderHealth Health);

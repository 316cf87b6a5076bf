using Aitbc.Sdk.Jobs;

namespace Aitbc.Provider.Offers;

/// <summary>The price that terms agree on.</summary>
internal static class TermsPrice
{
    public static UnitPrice Price(this JobTerms terms) => new(terms.UnitPrice, terms.UnitsPer);
}

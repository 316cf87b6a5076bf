namespace Aitbc.Provider.Selling;

/// <summary>
/// Prices by the call that follow what is asked (specs/provider/payments.md, section 1): the owner's range and rule.
/// </summary>
public sealed class PriceAutoLimits
{
    /// <summary>Least price of a token of the output, in atto-AIT; at least 1.</summary>
    public ulong Min { get; set; }

    /// <summary>Highest price of a token of the output, in atto-AIT.</summary>
    public ulong Max { get; set; }

    /// <summary>How often prices are looked at, 5 minutes to a day: longer than an offer is valid.</summary>
    public TimeSpan Window { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>How much a price rises or falls at once, 1 to 50 percent.</summary>
    public int StepPercent { get; set; } = 5;

    internal string? Problem() => this switch
    {
        { Min: 0 } => "PriceAuto.Min must be at least 1 atto-AIT a token.",
        _ when Max < Min => "PriceAuto.Max must be at least PriceAuto.Min.",
        _ when Window < TimeSpan.FromMinutes(5) || Window > TimeSpan.FromDays(1) =>
            "PriceAuto.Window must be 5 minutes to a day.",
        { StepPercent: < 1 or > 50 } => "PriceAuto.StepPercent must be 1 to 50.",
        _ => null,
    };
}

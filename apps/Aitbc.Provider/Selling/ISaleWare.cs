namespace Aitbc.Provider.Selling;

/// <summary>What an answer is bought of: a model, or an engine of programs.</summary>
internal interface ISaleWare
{
    /// <summary>As the book of earnings names it: the model, or the engine where there is none.</summary>
    string Name { get; }

    /// <summary>The engine as a receipt names it.</summary>
    string Engine { get; }

    /// <summary>What a receipt names as its version where a run does not say more.</summary>
    string EngineVersion { get; }

    /// <summary>What is counted, as a receipt names it: <c>token</c>, <c>fuel</c> or <c>statement</c>.</summary>
    string UnitKind { get; }

    /// <summary>What an offer of payment says it is for.</summary>
    string Description { get; }

    /// <summary>
    /// Whether its buyer can end it. Else it runs to its end: nothing is given before that, so nothing of what an ended
    /// run has used could be charged.
    /// </summary>
    bool CanBeEnded { get; }

    /// <summary>Throws <see cref="SaleRefusedException"/> if there is no room for one more.</summary>
    void Admit();

    /// <summary>Somebody is served.</summary>
    void Use();

    /// <summary>
    /// The same at prices at which a payment may still come, the latest first, and whether an offer at them is good.
    /// </summary>
    IReadOnlyList<(Meter Meter, bool IsFirm)> Past(Meter meter);
}

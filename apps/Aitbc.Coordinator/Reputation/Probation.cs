using Aitbc.Coordinator.Storage;

namespace Aitbc.Coordinator.Reputation;

/// <summary>
/// A newcomer that has staked nothing counts for few jobs at once, whatever capacity it signs, until independent
/// payers were served (specs/market/reputation.md, Probation).
/// </summary>
internal static class Probation
{
    /// <summary>Most jobs at once of one offer.</summary>
    public const int MostSlots = 8;

    /// <summary>Payers with a voice that end it.</summary>
    public const int Payers = 3;

    public static bool Holds(StandingRow? standing) => standing is null or { Bonded: false, Payers: < Payers };
}

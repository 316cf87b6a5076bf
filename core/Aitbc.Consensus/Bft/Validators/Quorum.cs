namespace Aitbc.Consensus.Bft.Validators;

/// <summary>Thresholds by weight. They hold for every total, not only for 3f + 1.</summary>
public static class Quorum
{
    /// <summary>
    /// floor(2n/3) + 1: two sets of this weight share more than a third. 2f + 1 would not do: for n = 6 it is 3.
    /// </summary>
    /// <param name="total">Total weight, at least 1.</param>
    public static ulong Of(ulong total) => checked((total / 3 * 2) + (total % 3 * 2 / 3) + 1);

    /// <summary>floor(n/3) + 1: at least one of them is honest.</summary>
    /// <param name="total">Total weight, at least 1.</param>
    public static ulong SkipOf(ulong total) => (total / 3) + 1;

    /// <summary>Greatest weight of faulty validators that is tolerated: 0 for n = 1, 2, 3.</summary>
    /// <param name="total">Total weight, at least 1.</param>
    public static ulong FaultsOf(ulong total) => (total - 1) / 3;
}

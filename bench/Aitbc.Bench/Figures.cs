using System.Globalization;

namespace Aitbc.Bench;

/// <summary>Order statistics of one run.</summary>
internal static class Figures
{
    /// <summary>The value below which that part of the sorted values lies; 0.5 is the median.</summary>
    public static double Quantile(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        return sorted[(int)Math.Min(sorted.Length - 1, Math.Floor(part * sorted.Length))];
    }

    public static string Text(double value) => value.ToString(value < 100 ? "0.0" : "0", CultureInfo.InvariantCulture);
}

using System.Globalization;

namespace Aitbc.Bench;

/// <summary>How often and how much; bounded, since a benchmark is a load.</summary>
internal sealed record Arguments(int Rounds, int Count, int Validators)
{
    private const int MostRounds = 100;
    private const int MostValidators = 16;
    private const int MostCount = 10_000_000;

    public static Arguments Read(string[] args, int rounds, int count) => new(
        Number(args, "--rounds", rounds, MostRounds),
        Number(args, "--count", count, MostCount),
        Number(args, "--validators", 1, MostValidators));

    public static string? Text(string[] args, string name)
    {
        var at = Array.IndexOf(args, name);
        if (at < 0)
            return null;
        return at + 1 < args.Length ? args[at + 1] : throw new ArgumentException($"{name} needs a value.");
    }

    /// <summary>A bound that a figure is held against; the exit code says whether it holds.</summary>
    public static double Bound(string[] args, string name, double otherwise) =>
        Text(args, name) is not { } text
            ? otherwise
            : double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
                ? value : throw new ArgumentException($"{name} is a number.");

    private static int Number(string[] args, string name, int otherwise, int most)
    {
        var at = Array.IndexOf(args, name);
        if (at < 0)
            return otherwise;
        return at + 1 < args.Length && int.TryParse(args[at + 1], CultureInfo.InvariantCulture, out var value)
            && value >= 1 && value <= most
            ? value : throw new ArgumentException($"{name} is a number from 1 to {most}.");
    }
}

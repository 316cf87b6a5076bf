namespace Aitbc.Coordinator.Errors;

/// <summary>The bound of every list.</summary>
internal static class PageLimit
{
    public const int Most = 100;

    public static int Check(int limit) =>
        limit is >= 1 and <= Most ? limit : throw Refusal.Invalid($"limit is 1 to {Most}.");
}

namespace Aitbc.Cli.Shell;

/// <summary>A command ends without success, for a reason that is told in a sentence.</summary>
internal sealed class CliFailure : Exception
{
    public CliFailure(int exit, string code, string detail, string? next = null, Exception? inner = null)
        : base(detail, inner)
    {
        Exit = exit;
        Code = code;
        Next = next;
    }

    /// <summary>One of <see cref="ExitCode"/>.</summary>
    public int Exit { get; }

    /// <summary>A lower-case word for programs.</summary>
    public string Code { get; }

    /// <summary>What to do next; null = nothing helps.</summary>
    public string? Next { get; }

    /// <summary>True if money moved, or may have moved, although the command failed.</summary>
    public bool Charged { get; init; }

    /// <summary>True if the same command may succeed later.</summary>
    public bool Retryable { get; init; }

    public static CliFailure Usage(string detail, string? next = null) =>
        new(ExitCode.Usage, "usage", detail, next);

    public static CliFailure Failed(string code, string detail, string? next = null, Exception? inner = null) =>
        new(ExitCode.Failure, code, detail, next, inner);
}

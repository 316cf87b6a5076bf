namespace Aitbc.Cli.Serve;

/// <summary>One thing that selling needs: whether it is there, and what to do if it is not.</summary>
internal sealed record Finding(string What, bool IsGood, string Said, string? Fix = null);

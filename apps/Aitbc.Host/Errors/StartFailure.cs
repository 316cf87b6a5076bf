namespace Aitbc.Host.Errors;

/// <summary>A daemon does not start, or stops, for a reason that its user can act on.</summary>
internal sealed class StartFailure : Exception
{
    public StartFailure(string code, string detail, string? next = null, Exception? inner = null)
        : base(detail, inner)
    {
        Code = code;
        Next = next;
    }

    /// <summary>One of <see cref="StartCodes"/>, or the code of the role that refused.</summary>
    public string Code { get; }

    /// <summary>What to do about it; null = the sentence says it.</summary>
    public string? Next { get; }
}

/// <summary>Codes of the host's own refusals. A code never changes its meaning.</summary>
internal static class StartCodes
{
    public const string PortInUse = "port_in_use";
    public const string DataInUse = "data_in_use";
    public const string DataNotEmpty = "data_not_empty";
    public const string DataDamaged = "data_damaged";
    public const string ConfigInvalid = "config_invalid";
    public const string RoleFailed = "role_failed";
    public const string RoleSlow = "role_slow";
    public const string RoleEnded = "role_ended";
    public const string ValidatorsApart = "validators_apart";
}

using Aitbc.Primitives.Abi;

namespace Aitbc.Sdk.Chain;

/// <summary>Why a system contract reverted: the name of its Solidity error and the decoded arguments.</summary>
public sealed class RevertReason
{
    private const int SelectorLength = 4;

    // Errors of specs/contracts/escrow.md (ERC-8183 profile), reexecution.md, identity.md (ERC-721), and the standard
    // Error(string).
    private static readonly (byte[] Selector, AbiFunction Error)[] Known = Table(
        "Error(string)",
        "InvalidJob()",
        "InvalidHook()",
        "InvalidToken()",
        "InvalidTerms()",
        "WrongStatus()",
        "Unauthorized()",
        "ZeroAddress()",
        "ExpiryTooShort()",
        "ZeroBudget()",
        "ProviderNotSet()",
        "FeesTooHigh()",
        "HookNotWhitelisted()",
        "BudgetMismatch()",
        "ProviderCannotBeEvaluator()",
        "GracePeriodActive()",
        "ReentrancyGuardReentrantCall()",
        "SafeERC20FailedOperation(address)",
        "JobKeyUsed(uint256)",
        "DisputeOpen()",
        "DisputeRequired()",
        "StakeMismatch()",
        "AlreadyVoted()",
        "InvalidResult()",
        "ERC721NonexistentToken(uint256)");

    private RevertReason(string name, IReadOnlyList<object?> arguments)
    {
        Name = name;
        Arguments = arguments;
    }

    /// <summary>The error's name without its parameter list, for example <c>JobKeyUsed</c>.</summary>
    public string Name { get; }

    /// <summary>The error's arguments in CLR form, as the ABI codec maps them.</summary>
    public IReadOnlyList<object?> Arguments { get; }

    /// <summary>Decodes revert data; null if it is empty, malformed or of an unknown error.</summary>
    public static RevertReason? TryDecode(ReadOnlySpan<byte> data)
    {
        if (data.Length < SelectorLength)
            return null;
        foreach (var (selector, error) in Known)
        {
            if (!data[..SelectorLength].SequenceEqual(selector))
                continue;
            try
            {
                return new RevertReason(error.Name, error.DecodeCall(data));
            }
            catch (Exception e) when (e is FormatException or ArgumentException or OverflowException)
            {
                return null;
            }
        }

        return null;
    }

    /// <summary>The error as it would be written in Solidity, for example <c>JobKeyUsed(7)</c>.</summary>
    public override string ToString() => $"{Name}({string.Join(", ", Arguments)})";

    private static (byte[] Selector, AbiFunction Error)[] Table(params string[] signatures) =>
        [.. signatures.Select(s => AbiFunction.Parse(s)).Select(f => (f.Selector.ToArray(), f))];
}

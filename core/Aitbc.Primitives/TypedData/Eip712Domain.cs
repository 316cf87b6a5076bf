namespace Aitbc.Primitives.TypedData;

/// <summary>A domain of EIP-712: what is null is not part of it, and at least one member is there.</summary>
public sealed record Eip712Domain
{
    /// <summary>Name of the application.</summary>
    public string? Name { get; init; }

    /// <summary>Version of its messages.</summary>
    public string? Version { get; init; }

    /// <summary>EIP-155 chain id.</summary>
    public UInt256? ChainId { get; init; }

    /// <summary>The contract that verifies.</summary>
    public Address? VerifyingContract { get; init; }

    /// <summary>Last resort to tell domains apart.</summary>
    public Hash256? Salt { get; init; }

    /// <summary>
    /// hashStruct of the domain; its type has exactly the members that are there, in the EIP's order.
    /// </summary>
    public Hash256 Separator()
    {
        List<string> members = [];
        List<object?> values = [];
        Add("string name", Name);
        Add("string version", Version);
        Add("uint256 chainId", ChainId);
        Add("address verifyingContract", VerifyingContract);
        Add("bytes32 salt", Salt);
        return Eip712Type.Parse($"EIP712Domain({string.Join(',', members)})").HashStruct([.. values]);

        void Add(string member, object? value)
        {
            if (value is null)
                return;
            members.Add(member);
            values.Add(value);
        }
    }
}

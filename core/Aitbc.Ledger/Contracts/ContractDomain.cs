using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts;

/// <summary>
/// The EIP-712 domain of a contract: name, version, chain id and its own address. Its hashes are charged like all
/// others.
/// </summary>
internal sealed class ContractDomain(string name, string version)
{
    private static readonly Hash256 TypeHash = Keccak256.Hash(
        "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"u8);

    private readonly UInt256 nameHash = Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(name)).ToUInt256();
    private readonly UInt256 versionHash = Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes(version)).ToUInt256();

    public string Name => name;

    public string Version => version;

    /// <summary>The domain separator of the contract that runs, on the chain that it runs on.</summary>
    public Hash256 Separator(CallFrame frame) => HashStruct(
        frame, TypeHash, nameHash, versionHash, frame.ChainId, SolidityLayout.ToWord(frame.Contract));

    /// <summary>keccak256(0x19 ‖ 0x01 ‖ domainSeparator ‖ hashStruct(message)): what is signed.</summary>
    public Hash256 Digest(CallFrame frame, Hash256 structHash)
    {
        Span<byte> data = stackalloc byte[2 + (2 * Hash256.Length)];
        data[0] = 0x19;
        data[1] = 0x01;
        Separator(frame).CopyTo(data[2..]);
        structHash.CopyTo(data[(2 + Hash256.Length)..]);
        return frame.Hash(data);
    }

    /// <summary>What eip712Domain() of EIP-5267 answers: all four members, no salt, no extensions.</summary>
    public object?[] Describe(CallFrame frame) =>
    [
        new byte[] { 0x0f },
        name,
        version,
        (UInt256)frame.ChainId,
        frame.Contract,
        Hash256.Zero,
        Array.Empty<object?>(),
    ];

    /// <summary>hashStruct of EIP-712 for members that are one word each, or hashes of what is longer.</summary>
    public static Hash256 HashStruct(CallFrame frame, Hash256 typeHash, params ReadOnlySpan<UInt256> members)
    {
        var data = new byte[Hash256.Length * (1 + members.Length)];
        typeHash.CopyTo(data);
        for (var i = 0; i < members.Length; i++)
            members[i].WriteBigEndian(data.AsSpan(Hash256.Length * (i + 1)));
        return frame.Hash(data);
    }
}

using Aitbc.Primitives;

namespace Aitbc.Ledger.Contracts.Identity;

/// <summary>The ERC-8004 identity registry: every agent is a token with a registration file and metadata.</summary>
internal sealed class IdentityRegistryContract : ISystemContract
{
    public const string Version = "2.0.0";

    // ERC-165, ERC-721, its metadata extension, ERC-4906.
    private static readonly byte[][] Interfaces =
        [[0x01, 0xff, 0xc9, 0xa7], [0x80, 0xac, 0x58, 0xcd], [0x5b, 0x5e, 0x13, 0x9f], [0x49, 0x06, 0x49, 0x06]];

    public static FunctionTable Functions { get; } = Tokens(Records(new FunctionTable()));

    public Address Address => SystemContracts.AgentIdentity;

    public byte[] Execute(CallFrame frame) => Functions.Execute(frame);

    private static FunctionTable Records(FunctionTable table) => table
        .Add(IdentityAbi.Register, (f, _) => [new AgentRecords(f).Register(null, new CallArguments([]))])
        .Add(IdentityAbi.RegisterUri, (f, a) => [new AgentRecords(f).Register(a.Text(0), new CallArguments([]))])
        .Add(IdentityAbi.RegisterMetadata, (f, a) => [new AgentRecords(f).Register(a.Text(0), a.Items(1))])
        .Add(IdentityAbi.SetAgentUri, (f, a) => new AgentRecords(f).SetUri(a.Number(0), a.Text(1)))
        .Add(IdentityAbi.GetMetadata, (f, a) => [new IdentityStorage(f).MetadataOf(a.Number(0), a.Text(1))])
        .Add(
            IdentityAbi.SetMetadata,
            (f, a) => new AgentRecords(f).SetMetadata(a.Number(0), a.Text(1), a.Bytes(2)))
        .Add(IdentityAbi.GetAgentWallet, (f, a) => [new AgentRecords(f).WalletOf(a.Number(0))])
        .Add(
            IdentityAbi.SetAgentWallet,
            (f, a) => new AgentRecords(f).SetWallet(a.Number(0), a.Address(1), a.Number(2), a.Bytes(3)))
        .Add(IdentityAbi.UnsetAgentWallet, (f, a) => new AgentRecords(f).UnsetWallet(a.Number(0)))
        .Add(IdentityAbi.IsAuthorizedOrOwner, (f, a) => [IsAuthorizedOrOwner(f, a.Address(0), a.Number(1))])
        .Add(IdentityAbi.GetVersion, (_, _) => [Version])
        .Add(IdentityAbi.Eip712Domain, (f, _) => Domain(f));

    private static FunctionTable Tokens(FunctionTable table) => table
        .Add(IdentityAbi.BalanceOf, (f, a) => [new AgentTokens(f).BalanceOf(a.Address(0))])
        .Add(IdentityAbi.OwnerOf, (f, a) => [new AgentTokens(f).OwnerOf(a.Number(0))])
        .Add(IdentityAbi.Approve, (f, a) => new AgentTokens(f).Approve(a.Address(0), a.Number(1)))
        .Add(IdentityAbi.GetApproved, (f, a) => [new AgentTokens(f).GetApproved(a.Number(0))])
        .Add(IdentityAbi.SetApprovalForAll, (f, a) => new AgentTokens(f).SetApprovalForAll(a.Address(0), a.Flag(1)))
        .Add(
            IdentityAbi.IsApprovedForAll,
            (f, a) => [new IdentityStorage(f).IsOperator(a.Address(0), a.Address(1))])
        .Add(
            IdentityAbi.TransferFrom,
            (f, a) => new AgentTokens(f).Transfer(a.Address(0), a.Address(1), a.Number(2)))
        .Add(
            IdentityAbi.SafeTransferFrom,
            (f, a) => new AgentTokens(f).SafeTransfer(a.Address(0), a.Address(1), a.Number(2)))
        .Add(
            IdentityAbi.SafeTransferFromData,
            (f, a) => new AgentTokens(f).SafeTransfer(a.Address(0), a.Address(1), a.Number(2)))
        .Add(IdentityAbi.Name, (_, _) => ["AgentIdentity"])
        .Add(IdentityAbi.Symbol, (_, _) => ["AGENT"])
        .Add(IdentityAbi.TokenUri, (f, a) => [new AgentRecords(f).UriOf(a.Number(0))])
        .Add(
            IdentityAbi.SupportsInterface,
            (_, a) => [Interfaces.Any(i => i.AsSpan().SequenceEqual(a.Bytes(0)))]);

    private static bool IsAuthorizedOrOwner(CallFrame frame, Address spender, UInt256 id)
    {
        var tokens = new AgentTokens(frame);
        return tokens.IsAuthorized(tokens.OwnerOf(id), spender, id);
    }

    // EIP-5267: name, version, chain id and contract are in the domain; salt and extensions are not.
    private static object?[] Domain(CallFrame frame) =>
    [
        new byte[] { 0x0f },
        AgentRecords.DomainName,
        AgentRecords.DomainVersion,
        (UInt256)frame.ChainId,
        frame.Contract,
        Hash256.Zero,
        Array.Empty<object?>(),
    ];
}

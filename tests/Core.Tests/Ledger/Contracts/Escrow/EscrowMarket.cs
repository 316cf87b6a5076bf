using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Bonds;
using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Ledger.Contracts.Reexecution;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;

namespace Core.Tests.Ledger.Contracts.Escrow;

/// <summary>A network with the parties of a job, and the usual calls of each.</summary>
internal sealed class EscrowMarket
{
    public const int Client = 0;
    public const int Provider = 1;
    public const int Evaluator = 2;
    public const int Stranger = 3;
    public const ulong Window = 600;
    public const ulong VotingTime = 300;

    public static readonly UInt256 Budget = Amount.FromAit(2).Atto;
    public static readonly UInt256 Bond = Amount.FromAit(1).Atto;
    public static readonly UInt256 Fee = 1_000UL;
    public static readonly UInt256 Stake = Bond + (Fee * 3UL);
    public static readonly Hash256 Result = Keccak256.Hash("result"u8);
    public static readonly Hash256 Other = Keccak256.Hash("another result"u8);

    /// <summary>The committee's keys.</summary>
    public static readonly int[] Reexecutors = [4, 5, 6];

    public EscrowMarket(ulong platformBp = 0, ulong evaluatorBp = 0)
    {
        Net = new Devnet(platformBp, evaluatorBp, keys: 7);
        Escrow = new ContractUser(Net, SystemContracts.JobEscrow);
        Hook = new ContractUser(Net, SystemContracts.ReexecutionHook);
        Token = new ContractUser(Net, SystemContracts.AitToken);
        Bonds = new ContractUser(Net, SystemContracts.ProviderBonds);
    }

    public Devnet Net { get; }

    public ContractUser Escrow { get; }

    public ContractUser Hook { get; }

    public ContractUser Token { get; }

    public ContractUser Bonds { get; }

    /// <summary>Valid terms of a dispute, with what a test changes.</summary>
    public byte[] Terms(
        ulong window = Window, Address[]? reexecutors = null, UInt256? bond = null, UInt256? fee = null,
        ulong votingTime = VotingTime) => AbiCodec.Encode(
            ReexecutionAbi.Terms,
            (UInt256)window,
            (reexecutors ?? [.. Reexecutors.Select(Net.At)]).Cast<object?>().ToArray(),
            bond ?? Bond,
            fee ?? Fee,
            (UInt256)votingTime);

    public object?[] CreateArguments(Address? hook = null) =>
    [
        Net.At(Provider), Net.At(Evaluator), (UInt256)(Net.Seconds + 3_600), "text", hook ?? Address.Zero, UInt256.Zero,
    ];

    /// <summary>A job of createJob that is priced and approved, not funded.</summary>
    public UInt256 Priced(Address? hook = null)
    {
        Escrow.Do(Client, EscrowAbi.CreateJob, CreateArguments(hook));
        var id = (UInt256)Escrow.Read(EscrowAbi.JobCounter)[0]!;
        Escrow.Do(Client, EscrowAbi.SetBudget, id, SystemContracts.AitToken, Budget, Array.Empty<byte>());
        Token.Do(Client, AbiFunction.Parse("approve(address,uint256)(bool)"), SystemContracts.JobEscrow, Budget);
        return id;
    }

    /// <summary>A job of createJob that is funded with these options.</summary>
    public UInt256 Funded(Address? hook = null, byte[]? options = null)
    {
        var id = Priced(hook);
        Escrow.Do(Client, EscrowAbi.Fund, id, Budget, options ?? []);
        return id;
    }

    /// <summary>A job with the hook whose result is submitted.</summary>
    public UInt256 Submitted(byte[]? terms = null)
    {
        var id = Funded(SystemContracts.ReexecutionHook, terms ?? Terms());
        Escrow.Do(Provider, EscrowAbi.Submit, id, Result, Array.Empty<byte>());
        return id;
    }

    /// <summary>A job whose result is disputed by its client.</summary>
    public UInt256 Disputed()
    {
        var id = Submitted();
        Xunit.Assert.True(Dispute(Client, id).Succeeded);
        return id;
    }

    public Receipt Dispute(int who, UInt256 id) => Hook.Send(who, ReexecutionAbi.Dispute, Stake, id);

    public IReadOnlyList<Log> Vote(int member, UInt256 id, Hash256 result) =>
        Hook.Do(Reexecutors[member], ReexecutionAbi.Vote, id, result);

    public EscrowStatus Status(UInt256 id) =>
        (EscrowStatus)(ulong)(UInt256)((object?[])Escrow.Read(EscrowAbi.GetJob, id)[0]!)[7]!;

    public DisputeState State(UInt256 id) =>
        (DisputeState)(ulong)(UInt256)Hook.Read(ReexecutionAbi.Disputes, id)[0]!;

    public UInt256 BondOf(int provider) => (UInt256)Bonds.Read(BondsAbi.BondOf, Net.At(provider))[0]!;

    /// <summary>What an account gains by something that it does not send itself.</summary>
    public UInt256 Gain(int key, Action happening)
    {
        var before = Net.BalanceOf(Net.At(key));
        happening();
        return Net.BalanceOf(Net.At(key)) - before;
    }

    /// <summary>The selector of an error in hex.</summary>
    public static string Error(string name) =>
        Convert.ToHexStringLower(AbiFunction.Parse(name + "()").Selector);

    public static byte[] Word(UInt256 value)
    {
        var word = new byte[32];
        value.WriteBigEndian(word);
        return word;
    }
}

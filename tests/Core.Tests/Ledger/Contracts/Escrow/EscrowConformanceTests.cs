using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Escrow;
using Aitbc.Ledger.Contracts.Reexecution;
using Aitbc.Primitives;
using Aitbc.Primitives.Abi;
using Xunit;

namespace Core.Tests.Ledger.Contracts.Escrow;

/// <summary>
/// The escrow against the values of ERC-8183 as erc-8183/base-contracts c67e160 has them, and those of this profile.
/// </summary>
public sealed class EscrowConformanceTests
{
    [Fact]
    public void Every_selector_of_the_reference_answers_beside_those_of_this_profile() => Golden.AssertFunctions(
        JobEscrowContract.Functions.Functions,
        """
        1c226749 createJob(address,address,uint256,string,address,uint256)
        fac3246c setProvider(uint256,address,uint256)
        f3302b89 setBudget(uint256,address,uint256,bytes)
        d2e13f50 fund(uint256,uint256,bytes)
        9e63798d submit(uint256,bytes32,bytes)
        d75bbdf3 complete(uint256,bytes32,bytes)
        41dd26f5 reject(uint256,bytes32,bytes)
        5b7baf64 claimRefund(uint256)
        bf22c457 getJob(uint256)
        180aedf3 jobs(uint256)
        50355d76 jobCounter()
        ff96092a platformFeeBP()
        2f0e31f4 evaluatorFeeBP()
        e138818c platformTreasury()
        6d3b96c3 whitelistedHooks(address)
        5088d8be EVALUATION_GRACE_PERIOD()
        b4d884f6 setPlatformFee(uint256,address)
        84f15090 setEvaluatorFee(uint256)
        ce79eb60 setHookWhitelist(address,bool)
        75b238fc ADMIN_ROLE()
        91d14854 hasRole(bytes32,address)
        6c456860 openJob(bytes32,address,address,uint256,uint256,bytes32)
        a404e775 openJobWithHook(bytes32,address,address,uint256,bytes32,address,bytes)
        0c2bc104 openJobWithLevel(bytes32,address,address,uint256,uint256,bytes32,uint256,uint256)
        c63fdcc7 claimPayment(uint256)
        61181f90 jobByKey(bytes32)
        0894d950 jobTerms(uint256)
        9bed76eb jobLevel(uint256)
        """);

    [Fact]
    public void Every_topic_is_that_of_the_reference_or_of_this_profile() => Golden.AssertEvents(
        [
            EscrowAbi.JobCreated, EscrowAbi.ProviderSet, EscrowAbi.BudgetSet, EscrowAbi.JobFunded,
            EscrowAbi.JobSubmitted, EscrowAbi.JobCompleted, EscrowAbi.JobRejected, EscrowAbi.JobExpired,
            EscrowAbi.PaymentReleased, EscrowAbi.PlatformFeePaid, EscrowAbi.EvaluatorFeePaid, EscrowAbi.Refunded,
            EscrowAbi.LevelMissed,
        ],
        "0xb0f0239bfdd96453e24733e18bfc24b70d8fadf123dd977473518dd577ee79b9 "
        + "JobCreated(uint256,address,address,address,uint256,address)\n"
        + """
        0x49d0adc1d0f8a0d589f5eba9d9764b09b597ab6227e8ba63b0884599f1acd0e7 ProviderSet(uint256,address,uint256)
        0x74f37e24047ef5ad02b6aac54caaf20e06c51585a911183b2c6f2db0d8d896cc BudgetSet(uint256,address,uint256)
        0xe3fbcc1ea1bdc559ec7f0347efde7655e58b5f45a30b0e4470a583c3ef5496b3 JobFunded(uint256,address,uint256)
        0x80c17db79857f338a6a6df68a6883ecc0ce78e2202fe61ed979733573f40538e JobSubmitted(uint256,address,bytes32)
        0x0fd54bd364fa9e67f17b091aefe930932c09fe7651cf5ad02c71a418f3341444 JobCompleted(uint256,address,bytes32)
        0xae7362b1af91f4492868987b9c73990d780060811551b58728fbe96fd1bab275 JobRejected(uint256,address,bytes32)
        0x97237956f8810192811e2c3f273fd02c5d6295206fdd9c62e6fe2bfc19ba9232 JobExpired(uint256)
        0x21d71db5be59bb9fa133895586b7404307dd33fb93b16db09dc6f1d9d7d231b0 PaymentReleased(uint256,address,uint256)
        0x0e61cfd0ee655641b3ed0a1dd373ec3cacf4c090de1f33708e3a4091f4947662 PlatformFeePaid(uint256,address,uint256)
        0x253dd534010ac976fa263caa123bae79b9c50292adf7ce67bdc5ec309f784e61 EvaluatorFeePaid(uint256,address,uint256)
        0x7ca5472b7ea78c2c0141c5a12ee6d170cf4ce8ed06be3d22c8252ddfc7a6a2c4 Refunded(uint256,address,uint256)
        0x3dfc68e3dcdfd19c06c3275cd1f423deb53d4836e09f57325280163748935b78 LevelMissed(uint256,uint256,uint256)
        """);

    [Theory]
    [InlineData("InvalidJob", "71c8f460")]
    [InlineData("WrongStatus", "8e78f0cb")]
    [InlineData("Unauthorized", "82b42900")]
    [InlineData("ZeroAddress", "d92e233d")]
    [InlineData("ExpiryTooShort", "f7a0748c")]
    [InlineData("ZeroBudget", "ff97b861")]
    [InlineData("ProviderNotSet", "a9456d43")]
    [InlineData("HookNotWhitelisted", "a04b28ec")]
    [InlineData("BudgetMismatch", "99b0fc87")]
    [InlineData("ProviderCannotBeEvaluator", "0cc64429")]
    [InlineData("GracePeriodActive", "478f84e7")]
    public void Every_error_has_the_selector_of_the_reference(string name, string selector) =>
        Assert.Equal(selector, Convert.ToHexStringLower(EscrowAbi.Error(name).Reason));

    [Fact]
    public void The_hook_is_one_of_the_reference_and_only_the_escrow_calls_it()
    {
        Assert.Equal("dc08fb1d", Convert.ToHexStringLower(EscrowHooks.Before.Selector));
        Assert.Equal("a3fe4783", Convert.ToHexStringLower(EscrowHooks.After.Selector));
        var net = new Devnet();
        var hook = new ContractUser(net, SystemContracts.ReexecutionHook);
        foreach (var (id, isSupported) in new[] { ("01ffc9a7", true), ("7ff6bc9e", true), ("ffffffff", false) })
        {
            Assert.Equal(
                isSupported, hook.Read(ReexecutionAbi.SupportsInterface, Convert.FromHexString(id))[0]);
        }

        var fund = EscrowAbi.Fund.Selector.ToArray();
        Assert.Equal("82b42900", hook.Refusal(0, EscrowHooks.After, UInt256.One, fund, Array.Empty<byte>()));
        Assert.Equal("82b42900", hook.Refusal(0, EscrowHooks.Before, UInt256.One, fund, Array.Empty<byte>()));
        var escrow = new ContractUser(net, SystemContracts.JobEscrow);
        Assert.Equal(true, escrow.Read(EscrowAbi.WhitelistedHooks, SystemContracts.ReexecutionHook)[0]);
        Assert.Equal(true, escrow.Read(EscrowAbi.WhitelistedHooks, Address.Zero)[0]);
        Assert.Equal(false, escrow.Read(EscrowAbi.WhitelistedHooks, net.At(0))[0]);
    }

    [Fact]
    public void Nobody_administers_it_and_whoever_tries_learns_it_as_from_OpenZeppelin()
    {
        var net = new Devnet(platformBp: 100, evaluatorBp: 50);
        var escrow = new ContractUser(net, SystemContracts.JobEscrow);
        var role = Keccak256.Hash("ADMIN_ROLE"u8);
        Assert.Equal(role, escrow.Read(EscrowAbi.AdminRole)[0]);
        Assert.Equal(false, escrow.Read(EscrowAbi.HasRole, role, net.At(0))[0]);
        var refusal = Golden.Error("e2517d3f", net.At(0)) + Convert.ToHexStringLower(role.ToArray());
        Assert.Equal(refusal, escrow.Refusal(0, EscrowAbi.SetPlatformFee, UInt256.One, net.At(0)));
        Assert.Equal(refusal, escrow.Refusal(0, EscrowAbi.SetEvaluatorFee, UInt256.One));
        Assert.Equal(refusal, escrow.Refusal(0, EscrowAbi.SetHookWhitelist, net.At(0), true));
        Assert.Equal((UInt256)100UL, escrow.Read(EscrowAbi.PlatformFeeBp)[0]);
        Assert.Equal((UInt256)50UL, escrow.Read(EscrowAbi.EvaluatorFeeBp)[0]);
        Assert.Equal("", escrow.Refusal(0, AbiFunction.Parse("grantRole(bytes32,address)"), role, net.At(0)));
    }

    [Fact]
    public void An_unknown_job_reads_as_zeros_in_both_views()
    {
        var escrow = new ContractUser(new Devnet(), SystemContracts.JobEscrow);
        object?[] zeros =
        [
            UInt256.Zero, Address.Zero, Address.Zero, Address.Zero, "", UInt256.Zero, UInt256.Zero, UInt256.Zero,
            Address.Zero, Address.Zero, UInt256.Zero, UInt256.Zero,
        ];
        Assert.Equal(zeros, escrow.Read(EscrowAbi.Jobs, (UInt256)7UL));
        Assert.Equal(zeros, (object?[])escrow.Read(EscrowAbi.GetJob, (UInt256)7UL)[0]!);
        Assert.Equal("71c8f460", escrow.Refusal(0, EscrowAbi.JobTerms, (UInt256)7UL));
    }
}

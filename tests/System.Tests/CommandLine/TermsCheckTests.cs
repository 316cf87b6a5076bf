using Aitbc.Cli.Jobs;
using Aitbc.Primitives;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;
using Xunit;

namespace System.Tests.CommandLine;

/// <summary>A coordinator that proposes other terms than were ordered gets no signature.</summary>
public sealed class TermsCheckTests
{
    private const ulong ChainId = 7777;
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_800_000_000);
    private static readonly Address Client = Address.Parse("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266");
    private static readonly Address Provider = Address.Parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8");
    private static readonly Address Other = Address.Parse("0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC");

    private static readonly OrderRequest Order = new()
    {
        IdempotencyKey = "key",
        MaxPrice = 1_000_000,
        Provider = Provider,
        Spec = new JobSpec
        {
            Engine = JobSpec.WasmEngine,
            Wasm = new WasmSpec
            {
                ModuleHash = Keccak256.Hash([1]),
                InputHash = Keccak256.Hash([2]),
                MaxFuel = 1000,
                MaxMemoryMib = 1,
            },
        },
    };

    private static JobTerms Terms => new()
    {
        JobId = JobId.Derive(Client, "key"),
        ChainId = ChainId,
        Escrow = SystemContractAddresses.JobEscrow,
        Client = Client,
        Provider = Provider,
        Evaluator = Other,
        Engine = JobSpec.WasmEngine,
        SpecHash = Order.Spec.Hash(),
        UnitKind = "fuel",
        UnitPrice = 100,
        UnitsPer = 1,
        Budget = 100_000,
        ExpiresAt = (ulong)Now.ToUnixTimeSeconds() + 3600,
        EvaluationWindow = 3600,
    };

    public static TheoryData<string, Func<JobTerms, JobTerms>> Frauds => new()
    {
        { "another job", t => t with { JobId = Keccak256.Hash([9]) } },
        { "another client", t => t with { Client = Other } },
        { "another chain", t => t with { ChainId = 1 } },
        { "another escrow", t => t with { Escrow = Other } },
        { "another engine", t => t with { Engine = JobSpec.OllamaEngine } },
        { "another specification", t => t with { SpecHash = Keccak256.Hash([9]) } },
        { "another verification", t => t with { Verification = JobVerification.Of(Client, "key", 2, 3, 1) } },
        { "a promise that cannot be", t => t with { Level = new JobLevel(0, 2_500) } },
        { "another provider", t => t with { Provider = Other } },
        { "more than its own price", t => t with { Budget = 100_001 } },
        { "more than was allowed", t => t with { UnitPrice = 10_000, Budget = 10_000_000 } },
        { "an expired quote", t => t with { ExpiresAt = (ulong)Now.ToUnixTimeSeconds() } },
    };

    [Fact]
    public void Terms_that_were_ordered_are_accepted() => Assert.Null(Check(Terms));

    [Theory]
    [MemberData(nameof(Frauds), DisableDiscoveryEnumeration = true)]
    public void Terms_that_were_not_ordered_are_not_paid(string what, Func<JobTerms, JobTerms> fraud) =>
        Assert.True(Check(fraud(Terms)) is not null, what);

    [Fact]
    public void A_hash_that_is_not_that_of_the_terms_is_not_paid()
    {
        var quote = Quote(Terms) with { TermsHash = Keccak256.Hash([9]) };
        Assert.NotNull(TermsCheck.Problem(Order, quote, Client, ChainId, Now));
    }

    private static string? Check(JobTerms terms) => TermsCheck.Problem(Order, Quote(terms), Client, ChainId, Now);

    private static JobView Quote(JobTerms terms) => new()
    {
        Id = terms.JobId,
        ClientKey = JobId.ClientKey("key"),
        State = JobState.Quoted,
        Spec = Order.Spec,
        Terms = terms,
        TermsHash = terms.Hash(),
        CreatedAt = Now,
        UpdatedAt = Now,
    };
}

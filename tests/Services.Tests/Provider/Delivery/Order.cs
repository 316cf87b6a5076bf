using System.Text;
using Aitbc.Primitives;
using Aitbc.Provider.Delivery;
using Aitbc.Sdk.Chain;
using Aitbc.Sdk.Jobs;
using Aitbc.Testing;

namespace Services.Tests.Provider.Delivery;

/// <summary>A job that a provider takes: 100 units at 2 atto-AIT, so a budget of 200; tests spoil one thing.</summary>
internal static class Order
{
    public const int ProviderIndex = 3;

    public static byte[] Input { get; } = Encoding.UTF8.GetBytes("the input\n");

    public static Hash256 InputHash { get; } = Keccak256.Hash(Input);

    public static Address Client { get; } = AddressOf(1);

    public static Address Provider { get; } = AddressOf(ProviderIndex);

    public static Address Evaluator { get; } = AddressOf(5);

    public static JobOrder Make(TimeProvider time, string key = "order-1", ulong maxFuel = 100)
    {
        var spec = new JobSpec
        {
            Engine = JobSpec.WasmEngine,
            Wasm = new WasmSpec
            {
                ModuleHash = Hash256.Zero,
                InputHash = InputHash,
                MaxFuel = maxFuel,
                MaxMemoryMib = 1,
            },
        };
        return new JobOrder(
            new JobTerms
            {
                JobId = JobId.Derive(Client, key),
                ChainId = ScriptedChain.ChainId,
                Escrow = SystemContractAddresses.JobEscrow,
                Client = Client,
                Provider = Provider,
                Evaluator = Evaluator,
                Engine = spec.Engine,
                SpecHash = spec.Hash(),
                UnitKind = "fuel",
                UnitPrice = 2,
                UnitsPer = 1,
                Budget = 2 * maxFuel,
                ExpiresAt = (ulong)time.GetUtcNow().ToUnixTimeSeconds() + 3_600,
                EvaluationWindow = 600,
            },
            spec);
    }

    /// <summary>What the escrow holds when the client funded exactly these terms.</summary>
    public static EscrowJob Funded(this JobTerms terms, ulong id = 1) => new()
    {
        Id = id,
        Client = terms.Client,
        Provider = terms.Provider,
        Evaluator = terms.Evaluator,
        Description = "",
        Budget = terms.Budget,
        ExpiredAt = terms.ExpiresAt,
        Status = EscrowStatus.Funded,
        Hook = Address.Zero,
        PaymentToken = SystemContractAddresses.Token,
        ProviderAgentId = 0,
        SubmittedAt = 0,
        JobKey = terms.JobId,
        Terms = terms.Hash(),
        EvaluationWindow = terms.EvaluationWindow,
        Charge = 0,
        Deliverable = Hash256.Zero,
        Level = terms.Level is { } level
            ? new EscrowLevel(
                (ulong)level.Seconds, (ulong)level.Credit, terms.ExpiresAt - 3_600 + (ulong)level.Seconds, 0)
            : null,
    };

    private static Address AddressOf(int index)
    {
        using var key = TestAccounts.Key(index);
        return key.Address;
    }
}

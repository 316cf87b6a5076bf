using Aitbc.Ledger.Blocks;
using Aitbc.Ledger.Contracts;
using Aitbc.Ledger.Contracts.Validators;
using Aitbc.Ledger.State;

namespace Aitbc.Ledger.Execution;

/// <summary>
/// Carries out the proofs against validators that a block holds: the registry is called in nobody's name and without a
/// fee. One that the registry refuses is left out, as a transaction would be.
/// </summary>
internal static class ProofRun
{
    /// <summary>Gas of each call; the largest set needs a tenth of it.</summary>
    public const ulong Gas = 50_000_000;

    public static IReadOnlyList<EquivocationProof> Run(WorldState world, BlockContext context)
    {
        if (context.Proofs.Count == 0)
            return [];
        var taken = new List<EquivocationProof>();
        foreach (var proof in context.Proofs.Take(EquivocationProof.MostInBlock))
        {
            var call = ValidatorsAbi.ReportEquivocation.EncodeCall(
                proof.Key, proof.First.ToArray(), proof.FirstSignature.ToArray(), proof.Second.ToArray(),
                proof.SecondSignature.ToArray());
            if (MessageCall.Run(world, default, SystemContracts.Validators, default, call, Gas, context).Succeeded)
                taken.Add(proof);
        }

        world.Settle();
        return taken;
    }
}

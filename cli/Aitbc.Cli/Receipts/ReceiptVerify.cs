using System.CommandLine;
using System.Text.Json.Nodes;
using Aitbc.Cli.Shell;
using Aitbc.Primitives;
using Aitbc.Sdk.Jobs;
using Aitbc.Sdk.Market;

namespace Aitbc.Cli.Receipts;

/// <summary>
/// Verifies a receipt against a provider that the caller trusts. The address within the file proves nothing: anybody
/// can sign a receipt with a key of their own.
/// </summary>
internal static class ReceiptVerify
{
    private const long MaxOutputBytes = 64 * 1024 * 1024;
    private const int MaxRegistryPages = 100;
    private static readonly Argument<string> File = new("file") { Description = "The receipt." };

    private static readonly Option<Address?> Provider = Symbols.AddressOption(
        "--provider", "The provider's registered address: nothing is asked, it works offline.");

    private static readonly Option<Uri?> Registry = Symbols.UrlOption(
        "--registry", "Coordinator whose registered providers are trusted (default: --coordinator-url).");

    private static readonly Option<string?> Result = new("--output")
    {
        Description = "The result, to compare with the receipt.",
    };

    private static readonly Option<bool> OnChain = new("--on-chain")
    {
        Description = "Also ask the node whether the escrow paid exactly this receipt.",
    };

    private static readonly Option<bool> Anchored = new("--anchored")
    {
        Description = "Also hold it against the root that its provider published of its hour; asks provider and node.",
    };

    private static readonly Option<string?> Proof = new("--proof")
    {
        Description = "As --anchored, with a proof that 'receipt prove' wrote.",
    };

    private static readonly Option<Address?> Asker = Symbols.AddressOption(
        "--gpu-asker", "Also ask that its graphics processor was proven to this account, such as a coordinator's.");

    private static readonly Option<Uri?> Place = Symbols.UrlOption(
        "--provider-url", "Where the provider is asked for the proof (default: as the coordinator has it).");

    public static CliCommand Create() => new CliCommand(
        "verify",
        "Verify a receipt against a provider that you trust.",
        "aitbc receipt verify job.receipt.json --provider 0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
        .With(File, Provider, Registry, Result, OnChain, Anchored, Proof, Place, Asker).Does(RunAsync);

    private static async Task RunAsync(CommandContext context)
    {
        var bytes = await FileAccessing.ReadAsync(context.Get(File), ReceiptFile.MaxBytes, context.Cancel);
        var file = ReceiptFile.TryParse(bytes);
        var trusted = context.Get(Provider) is { } pinned ? [pinned] : await RegisteredAsync(context);
        var verification = context.Get(Result) is { } output
            ? ReceiptVerifier.Verify(
                file, trusted, await FileAccessing.ReadAsync(output, MaxOutputBytes, context.Cancel))
            : ReceiptVerifier.Verify(file, trusted);
        if (verification.IsValid && context.Get(OnChain))
        {
            verification = await ReceiptVerifier.VerifyOnChainAsync(
                file, trusted, context.Session.Chain, context.Cancel);
        }

        if (verification.IsValid && (context.Get(Anchored) || context.Get(Proof) is not null))
        {
            verification = await ReceiptVerifier.VerifyAnchoredAsync(
                file, trusted, await ProofAsync(context, file!.Receipt), context.Session.Chain, context.Cancel);
        }

        if (verification.IsValid && context.Get(Asker) is { } asker && file!.GpuAttestation?.Asker != asker)
        {
            verification = new ReceiptVerification(
                ReceiptVerdict.BadGpuProof, $"The file shows no graphics processor that was proven to {asker}.");
        }

        Tell(context.Output, file, verification);
        context.Exit = verification.IsValid ? ExitCode.Ok : ExitCode.Failure;
    }

    private static async Task<ReceiptProof?> ProofAsync(CommandContext context, Receipt receipt) =>
        context.Get(Proof) is { } path
            ? ReceiptProof.TryParse(await FileAccessing.ReadAsync(path, ReceiptProof.MaxBytes, context.Cancel))
                ?? throw CliFailure.Failed("not_a_proof", $"{path} is no proof.", "'aitbc receipt prove' writes one.")
            : await ReceiptProving.AskAsync(context, receipt, context.Get(Place));

    private static async Task<IReadOnlyList<Address>> RegisteredAsync(CommandContext context)
    {
        var market = new MarketClient(
            context.Session.Http(context.Get(Registry) ?? context.Session.Endpoints.Coordinator));
        var found = new List<Address>();
        string? after = null;
        for (var page = 0; page < MaxRegistryPages; page++)
        {
            var providers = await market.ProvidersAsync(100, after, context.Cancel);
            found.AddRange(providers.Providers.Select(p => p.Address));
            after = providers.Next;
            if (after is null)
                break;
        }

        return found;
    }

    private static void Tell(Output output, ReceiptFile? file, ReceiptVerification verification)
    {
        var receipt = file?.Receipt;
        var gpu = verification.IsValid && receipt?.Gpu is not null ? ReceiptGpuEvidence.Of(file!) : null;
        output.Line($"{verification.Verdict}: {verification.Detail}");
        if (receipt is not null)
        {
            output.Facts(
                ("job", receipt.JobId.ToString()),
                ("provider", receipt.Provider.ToString()),
                ("engine", $"{receipt.Engine} ({receipt.EngineVersion})"),
                ("units", $"{receipt.Units} {receipt.UnitKind}"),
                ("charge", Say.Ait(receipt.Charge)),
                ("GPU", gpu?.Sentence));
        }

        output.Json(new JsonObject
        {
            ["valid"] = verification.IsValid,
            ["verdict"] = verification.Verdict.ToString(),
            ["detail"] = verification.Detail,
            ["jobId"] = receipt?.JobId.ToString(),
            ["provider"] = receipt?.Provider.ToString(),
            ["charge"] = receipt?.Charge.ToString(),
            ["gpu"] = gpu is null ? null : new JsonObject
            {
                ["name"] = receipt!.Gpu!.Name,
                ["state"] = gpu.State,
                ["proof"] = receipt.Gpu.Proof.IsZero ? null : receipt.Gpu.Proof.ToString(),
                ["asker"] = file!.GpuAttestation?.Asker.ToString(),
                ["provenAtMs"] = file.GpuAttestation?.ProvenAtMs,
                ["detail"] = gpu.Sentence,
            },
        });
    }
}

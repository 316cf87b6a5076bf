using Aitbc.Primitives;

namespace Aitbc.Sdk.Wallet;

/// <summary>
/// Budgets of the wallet daemon (specs/wallet.md, Budgets). Refusals are <see cref="Errors.AitbcException"/>.
/// </summary>
public sealed class BudgetClient
{
    private readonly WalletHttp wallet;

    internal BudgetClient(WalletHttp wallet) => this.wallet = wallet;

    /// <summary>Makes a budget. Its token is shown this once.</summary>
    public Task<CreatedBudget> CreateAsync(CreateBudgetRequest request, CancellationToken cancel = default) =>
        wallet.PostAsync(
            "v1/budgets",
            request,
            WalletJson.Default.CreateBudgetRequest,
            WalletJson.Default.CreatedBudget,
            cancel);

    /// <summary>The budgets that the token may see, in order of creation.</summary>
    public async Task<IReadOnlyList<BudgetInfo>> ListAsync(CancellationToken cancel = default)
    {
        var list = await wallet.GetAsync("v1/budgets", WalletJson.Default.BudgetList, cancel).ConfigureAwait(false);
        return list.Budgets;
    }

    /// <summary>One budget by its id.</summary>
    public Task<BudgetInfo> ShowAsync(string id, CancellationToken cancel = default) =>
        wallet.GetAsync(Path(id), WalletJson.Default.BudgetInfo, cancel);

    /// <summary>Adds to a budget's amount.</summary>
    /// <param name="id">The budget.</param>
    /// <param name="amount">In atto-AIT.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<BudgetInfo> TopUpAsync(string id, UInt256 amount, CancellationToken cancel = default) =>
        wallet.PostAsync(
            Path(id, "/top-up"),
            new TopUpRequest(amount),
            WalletJson.Default.TopUpRequest,
            WalletJson.Default.BudgetInfo,
            cancel);

    /// <summary>Ends signing for a budget and everything below it; tells what is still exposed.</summary>
    public Task<BudgetExposure> RevokeAsync(string id, CancellationToken cancel = default) =>
        wallet.PostAsync(Path(id, "/revoke"), WalletJson.Default.BudgetExposure, cancel);

    /// <summary>What was signed for a budget and everything below it and may still take money.</summary>
    public Task<BudgetExposure> ExposureAsync(string id, CancellationToken cancel = default) =>
        wallet.GetAsync(Path(id, "/exposure"), WalletJson.Default.BudgetExposure, cancel);

    /// <summary>The signing log, oldest first.</summary>
    /// <param name="id">The budget.</param>
    /// <param name="after">Lines with a larger id only.</param>
    /// <param name="limit">At most so many, 1 to 1,000.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<SpendLog> SpendsAsync(
        string id, long after = 0, int limit = 100, CancellationToken cancel = default) => wallet.GetAsync(
            Path(id, FormattableString.Invariant($"/spends?after={after}&limit={limit}")),
            WalletJson.Default.SpendLog,
            cancel);

    /// <summary>Whether a payment would be signed now; counts nothing.</summary>
    public Task<SimulatedSpend> SimulateAsync(
        string id, SimulateRequest request, CancellationToken cancel = default) => wallet.PostAsync(
            Path(id, "/simulate"),
            request,
            WalletJson.Default.SimulateRequest,
            WalletJson.Default.SimulatedSpend,
            cancel);

    /// <summary>Requests that wait for the owner.</summary>
    public async Task<IReadOnlyList<SpendEntry>> ApprovalsAsync(CancellationToken cancel = default)
    {
        var log = await wallet.GetAsync("v1/approvals", WalletJson.Default.SpendLog, cancel).ConfigureAwait(false);
        return log.Spends;
    }

    /// <summary>The owner's word on a request that waits.</summary>
    /// <param name="spend">Its id.</param>
    /// <param name="approve">False = refuse it.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task DecideAsync(long spend, bool approve, CancellationToken cancel = default) => wallet.PostAsync(
        FormattableString.Invariant($"v1/approvals/{spend}/{(approve ? "approve" : "refuse")}"), cancel);

    /// <summary>The owner's audit: every signature of the log decoded, added up and compared with totals and chain.
    /// </summary>
    /// <param name="head">Number and seal that an earlier audit told; null = none is looked for.</param>
    /// <param name="cancel">Stops the wait.</param>
    public Task<SpendAudit> AuditAsync(string? head = null, CancellationToken cancel = default) => wallet.GetAsync(
        head is null ? "v1/audit" : "v1/audit?head=" + Uri.EscapeDataString(head),
        WalletJson.Default.SpendAudit,
        cancel);

    private static string Path(string id, string rest = "") => $"v1/budgets/{Uri.EscapeDataString(id)}{rest}";
}

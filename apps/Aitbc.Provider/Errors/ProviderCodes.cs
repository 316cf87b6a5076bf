namespace Aitbc.Provider.Errors;

/// <summary>Codes of problems that only a provider has.</summary>
internal static class ProviderCodes
{
    public const string Busy = "provider_busy";
    public const string Closed = "provider_closed";
    public const string Paused = "provider_paused";
    public const string Starting = "provider_starting";
    public const string DeviceFailed = "device_failed";
    public const string ReceiptNotFound = "receipt_not_found";
    public const string SpecUnsupported = "spec_unsupported";
}

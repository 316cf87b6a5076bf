namespace Aitbc.Provider.Engines.Wasm;

/// <summary>Error numbers of WASI preview1 (`errno`) that this host answers with.</summary>
internal static class WasiErrno
{
    public const int Success = 0;
    public const int BadDescriptor = 8;
    public const int Fault = 21;
    public const int Invalid = 28;
    public const int NotSupported = 58;
    public const int NotCapable = 76;
    public const int IllegalSeek = 70;
}

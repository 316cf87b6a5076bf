namespace Aitbc.Provider.Engines.Wasm;

/// <summary>Unwinds a guest from inside a host call; the reason stands in <see cref="WasmGuest"/>.</summary>
internal sealed class GuestStop : Exception
{
    public GuestStop() : base("The guest was stopped by its host.") { }
}

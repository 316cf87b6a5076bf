using Aitbc.Primitives;

namespace Aitbc.Provider.Self;

/// <summary>Where this provider's account is: in the wallet daemon, which is another process.</summary>
internal interface IProviderAccount
{
    Task<Address> AddressAsync(CancellationToken cancel);
}

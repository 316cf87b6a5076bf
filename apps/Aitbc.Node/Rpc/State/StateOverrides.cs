using System.Text;
using System.Text.Json;
using Aitbc.Ledger.State;
using Aitbc.Node.Rpc.Protocol;
using Aitbc.Primitives;

namespace Aitbc.Node.Rpc.State;

/// <summary>
/// What a call pretends about the state: balance and nonce of accounts, and slots (stateDiff: these; state: these and
/// no others). Code cannot be pretended: there is no virtual machine that would run it.
/// </summary>
internal sealed class StateOverrides
{
    private readonly Dictionary<Address, (UInt256? Balance, ulong? Nonce)> accounts = [];
    private readonly Dictionary<StorageKey, UInt256> slots = [];
    private readonly HashSet<Address> replaced = [];

    private StateOverrides()
    {
    }

    public static StateOverrides Read(JsonElement element, NodeOptions options)
    {
        if (element.ValueKind != JsonValueKind.Object)
            throw RpcError.InvalidParams("invalid argument 2: not a state override object");
        var read = new StateOverrides();
        foreach (var entry in element.EnumerateObject())
            read.Add(entry, options.MaxStateOverrides);
        return read;
    }

    /// <summary>A state that looks so.</summary>
    public IStateStore Over(IStateStore store) => new Pretended(store, this);

    private void Add(JsonProperty entry, int most)
    {
        if (!Address.TryParse(RpcValue.Name(entry).ToLowerInvariant(), out var account))
            throw RpcError.InvalidParams("invalid argument 2: a state override is not of an address");
        if (entry.Value.ValueKind != JsonValueKind.Object)
            throw RpcError.InvalidParams("invalid argument 2: not a state override object");
        foreach (var refused in new[] { "code", "movePrecompileToAddress" })
        {
            if (RpcValue.Field(entry.Value, Encoding.UTF8.GetBytes(refused)) is not null)
                throw RpcError.InvalidParams($"state overrides of {refused} are not supported");
        }

        var (state, diff) = (RpcValue.Field(entry.Value, "state"u8), RpcValue.Field(entry.Value, "stateDiff"u8));
        if (state is not null && diff is not null)
            throw RpcError.InvalidParams($"account {account} has both 'state' and 'stateDiff'");
        accounts[account] = (
            RpcValue.Field(entry.Value, "balance"u8) is { } balance ? RpcValue.Quantity(balance) : null,
            RpcValue.Field(entry.Value, "nonce"u8) is { } nonce ? RpcValue.UInt64(nonce) : null);
        if (state is not null)
            replaced.Add(account);
        if ((state ?? diff) is { } given)
            AddSlots(account, given);
        if (accounts.Count + slots.Count > most)
            throw RpcError.TooMuch($"exceed max state overrides: at most {most} accounts and slots");
    }

    private void AddSlots(Address account, JsonElement given)
    {
        if (given.ValueKind != JsonValueKind.Object)
            throw RpcError.InvalidParams("invalid argument 2: slots are not an object");
        foreach (var slot in given.EnumerateObject())
        {
            if (!Hash256.TryParse(RpcValue.Name(slot), out var key))
                throw RpcError.InvalidParams("invalid argument 2: a slot has 32 bytes");
            slots[new StorageKey(account, key)] = RpcValue.Quantity(slot.Value);
        }
    }

    private sealed class Pretended(IStateStore store, StateOverrides overrides) : IStateStore
    {
        public AccountState? GetAccount(Address address)
        {
            var real = store.GetAccount(address);
            if (!overrides.accounts.TryGetValue(address, out var pretended))
                return real;
            var account = real ?? AccountState.Empty;
            return account with
            {
                Balance = pretended.Balance ?? account.Balance,
                Nonce = pretended.Nonce ?? account.Nonce,
            };
        }

        public UInt256 GetStorage(StorageKey key)
        {
            if (overrides.slots.TryGetValue(key, out var pretended))
                return pretended;
            return overrides.replaced.Contains(key.Contract) ? default : store.GetStorage(key);
        }

        // A call has no root.
        public byte[]? GetTrieNode(ReadOnlySpan<byte> key) => null;
    }
}

using System.CommandLine;
using Aitbc.Primitives;

namespace Aitbc.Cli.Shell;

/// <summary>Arguments and options that several commands take, read into the words of the house.</summary>
internal static class Symbols
{
    /// <summary>Which account acts; absent = the wallet's first.</summary>
    public static Option<string?> Account() => new("--account")
    {
        Description = "Label or address of the account that acts (default: $AITBC_ACCOUNT, or the wallet's first).",
        DefaultValueFactory = _ =>
            Environment.GetEnvironmentVariable("AITBC_ACCOUNT") is { Length: > 0 } set ? set : null,
    };

    public static Argument<Address> Address(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Primitives.Address.TryParse(text, out var address))
                return address;
            result.AddError($"'{text}' is no address: 0x and 40 hex digits.");
            return default;
        },
    };

    public static Option<Address?> AddressOption(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Primitives.Address.TryParse(text, out var address))
                return address;
            result.AddError($"'{text}' is no address: 0x and 40 hex digits.");
            return null;
        },
    };

    public static Option<Uri?> UrlOption(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https")
                return url;
            result.AddError($"'{text}' is no http address.");
            return null;
        },
    };

    public static Argument<Hash256> Hash(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Hash256.TryParse(text, out var hash))
                return hash;
            result.AddError($"'{text}' is no {name}: 0x and 64 hex digits.");
            return default;
        },
    };

    public static Option<Hash256?> HashOption(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Hash256.TryParse(text, out var hash))
                return hash;
            result.AddError($"'{text}' is no hash: 0x and 64 hex digits.");
            return null;
        },
    };

    public static Argument<Amount> Amount(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Primitives.Amount.TryParse(text, out var amount))
                return amount;
            result.AddError($"'{text}' is no amount, such as 1.5 (AIT) or '1500 atto'.");
            return default;
        },
    };

    public static Option<Amount?> AmountOption(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (Primitives.Amount.TryParse(text, out var amount))
                return amount;
            result.AddError($"'{text}' is no amount, such as 1.5 (AIT) or '1500 atto'.");
            return null;
        },
    };
}

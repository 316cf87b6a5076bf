using System.CommandLine;
using System.CommandLine.Parsing;
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
        CustomParser = result => ReadAddress(result) ?? default,
    };

    public static Option<Address?> AddressOption(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = ReadAddress,
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
        CustomParser = result => ReadHash(result, name) ?? default,
    };

    public static Option<Hash256?> HashOption(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => ReadHash(result, "hash"),
    };

    public static Argument<Amount> Amount(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = result => ReadAmount(result) ?? default,
    };

    public static Option<Amount?> AmountOption(string name, string description) => new(name)
    {
        Description = description,
        CustomParser = ReadAmount,
    };

    private static Address? ReadAddress(ArgumentResult result) => Read<Address>(
        result, Primitives.Address.TryParse, "address: 0x and 40 hex digits.");

    private static Hash256? ReadHash(ArgumentResult result, string what) => Read<Hash256>(
        result, Hash256.TryParse, $"{what}: 0x and 64 hex digits.");

    private static Amount? ReadAmount(ArgumentResult result) => Read<Amount>(
        result, Primitives.Amount.TryParse, "amount, such as 1.5 (AIT) or '1500 atto'.");

    private static T? Read<T>(ArgumentResult result, TryParse<T> tryParse, string wanted)
        where T : struct
    {
        var text = result.Tokens[0].Value;
        if (tryParse(text, out var value))
            return value;
        result.AddError($"'{text}' is no {wanted}");
        return null;
    }

    private delegate bool TryParse<T>(string text, out T value);
}

namespace Aitbc.Wallet;

internal static class Placeholder;

namespace Aitbc.Ledger;

internal static class Placeholder;

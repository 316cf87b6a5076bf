namespace Aitbc.Consensus;

internal static class Placeholder;

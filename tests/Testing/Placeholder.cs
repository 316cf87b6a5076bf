namespace Aitbc.Testing;

internal static class Placeholder;

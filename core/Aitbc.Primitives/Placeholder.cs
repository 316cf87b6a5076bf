namespace Aitbc.Primitives;

internal static class Placeholder;

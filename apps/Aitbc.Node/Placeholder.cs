namespace Aitbc.Node;

internal static class Placeholder;

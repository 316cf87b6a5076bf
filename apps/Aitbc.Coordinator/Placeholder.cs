namespace Aitbc.Coordinator;

internal static class Placeholder;

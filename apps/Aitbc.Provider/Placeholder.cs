namespace Aitbc.Provider;

internal static class Placeholder;

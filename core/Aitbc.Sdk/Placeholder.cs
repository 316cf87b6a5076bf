namespace Aitbc.Sdk;

internal static class Placeholder;

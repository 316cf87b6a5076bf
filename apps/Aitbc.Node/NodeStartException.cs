namespace Aitbc.Node;

/// <summary>The node refuses to start on this data.</summary>
/// <param name="message">Why, in a sentence.</param>
public sealed class NodeStartException(string message) : Exception(message);

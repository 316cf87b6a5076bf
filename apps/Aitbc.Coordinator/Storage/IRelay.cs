namespace Aitbc.Coordinator.Storage;

/// <summary>
/// Says to the other coordinators that something may be new. What is lost costs time and nothing else: everybody looks
/// on a timer too.
/// </summary>
internal interface IRelay
{
    /// <summary>The ending of a provider's wait for work; the address.</summary>
    const string Work = "work";

    /// <summary>A change of a book; the name of its class.</summary>
    const string Book = "book";

    /// <summary>A new message; the number of the agent whose inbox it is in.</summary>
    const string Message = "message";

    void Tell(string topic, string what);

    /// <summary>Hears of a topic; null = something may have been missed.</summary>
    void On(string topic, Action<string?> heard);
}

/// <summary>For a coordinator that is alone.</summary>
internal sealed class NoRelay : IRelay
{
    public void Tell(string topic, string what)
    {
        // Whoever is here was told directly.
    }

    public void On(string topic, Action<string?> heard)
    {
        // Nobody else tells anything.
    }
}

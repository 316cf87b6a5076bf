using Aitbc.Provider.Engines;

namespace Aitbc.Provider.Selling;

/// <summary>How a door writes the pieces of an engine. One instance writes one answer.</summary>
internal interface IAnswerFormat
{
    /// <summary>Whether events are sent as they come; otherwise <see cref="Finish"/> gives all of it.</summary>
    bool IsStream { get; }

    string MediaType { get; }

    /// <summary>The id of the answer, before anything else is asked.</summary>
    void Name(string answer);

    /// <summary>The event of a piece; null if there is nothing to send for it now.</summary>
    ReadOnlyMemory<byte>? Piece(EnginePiece piece, int number);

    /// <summary>A note on what is paid that other readers skip; null where that cannot be written.</summary>
    ReadOnlyMemory<byte>? Note(SaleNote note, int number);

    /// <summary>What ends an answer.</summary>
    ReadOnlyMemory<byte> Finish(string reason, SaleNote note, int number);

    /// <summary>What ends a stream that broke.</summary>
    ReadOnlyMemory<byte> Failure(string code, string sentence, int number);
}

/// <summary>Where an answer and its payment stand; amounts in atto-AIT as text.</summary>
/// <param name="Tokens">Tokens of the output that were given.</param>
/// <param name="Charge">What they cost at most.</param>
/// <param name="Covered">What is covered.</param>
/// <param name="Cap">What the answer can cost at most.</param>
internal sealed record SaleNote(ulong Tokens, string Charge, string Covered, string Cap)
{
    /// <summary>At the end: what is charged, and what was counted.</summary>
    public string? Charged { get; init; }

    /// <summary>At the end: whether it was ended here before the engine had ended it.</summary>
    public bool IsCut { get; init; }

    public ulong PromptTokens { get; init; }

    public ulong OutputTokens { get; init; }

    /// <summary>At the end: tokens that were given for nothing.</summary>
    public ulong FreeTokens { get; init; }

    /// <summary>At the end: how the engine ended; null if it was cut before.</summary>
    public EngineOutcome? Outcome { get; init; }
}

namespace Aitbc.Provider.Engines;

/// <summary>
/// One piece of what an engine gives while it works. The last piece of every stream, and no other, is an
/// <see cref="EndPiece"/> (specs/provider.md, "Pieces").
/// </summary>
internal abstract record EnginePiece;

/// <summary>Text as it is generated. A thought was generated and is counted, but is no part of the output.</summary>
internal sealed record TextPiece(string Text, bool IsThought = false) : EnginePiece;

/// <summary>
/// A call of a tool, whole or in fragments of one <paramref name="Index"/>: id and name come with the first, arguments
/// are JSON text to be joined.
/// </summary>
internal sealed record ToolCallPiece(int Index, string? Id, string? Name, string Arguments) : EnginePiece;

/// <summary>Output of an engine that does not speak text.</summary>
internal sealed record BytesPiece(ReadOnlyMemory<byte> Bytes) : EnginePiece;

/// <summary>Vectors of texts, one for each in order.</summary>
internal sealed record VectorsPiece(IReadOnlyList<float[]> Vectors) : EnginePiece;

/// <summary>Tokens that the engine counted, after they were found possible.</summary>
internal sealed record UsagePiece(ulong PromptTokens, ulong OutputTokens) : EnginePiece;

/// <summary>How it ended, with the units that were counted.</summary>
internal sealed record EndPiece(EngineOutcome Outcome) : EnginePiece;

/// <summary>A piece and its place in the stream, from 1 and without gaps.</summary>
internal readonly record struct NumberedPiece(long Number, EnginePiece Piece);

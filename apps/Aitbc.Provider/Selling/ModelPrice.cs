using Aitbc.Primitives;

namespace Aitbc.Provider.Selling;

/// <summary>Prices of one model, in atto-AIT a token.</summary>
public sealed class ModelPrice
{
    /// <summary>A token of the prompt; at least 1.</summary>
    public ulong Prompt { get; set; }

    /// <summary>A token of the output; at least 1.</summary>
    public ulong Output { get; set; }

    internal UInt256 Of(ulong prompt, ulong output) => ((UInt256)Prompt * prompt) + ((UInt256)Output * output);
}

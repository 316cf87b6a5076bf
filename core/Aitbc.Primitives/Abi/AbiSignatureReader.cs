namespace Aitbc.Primitives.Abi;

/// <summary>One parameter of a signature.</summary>
internal readonly record struct AbiParameter(AbiType Type, bool Indexed);

/// <summary>Reads types and signatures; bounded in length and depth, so that no text can exhaust the stack.</summary>
internal sealed class AbiSignatureReader
{
    private const int LongestText = 4096;
    private const int DeepestNesting = 16;
    private const int LongestFixedArray = 65_536;
    private readonly string text;
    private int position;

    public AbiSignatureReader(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > LongestText)
            throw new AbiException($"A signature has at most {LongestText} characters.");
        this.text = text;
    }

    public bool AtEnd
    {
        get
        {
            SkipSpaces();
            return position == text.Length;
        }
    }

    public AbiType ReadWholeType()
    {
        var type = ReadType(0);
        return AtEnd ? type : throw Wrong("characters follow the type");
    }

    public string ReadWord()
    {
        SkipSpaces();
        var start = position;
        while (position < text.Length && (char.IsAsciiLetterOrDigit(text[position]) || text[position] is '_' or '$'))
            position++;
        return text[start..position];
    }

    public bool TryRead(char expected)
    {
        SkipSpaces();
        if (position == text.Length || text[position] != expected)
            return false;
        position++;
        return true;
    }

    public List<AbiParameter> ReadParameters() => ReadParameters(0);

    public AbiException Wrong(string what) => new($"'{text}' is no ABI signature: {what} at position {position}.");

    private List<AbiParameter> ReadParameters(int depth)
    {
        if (!TryRead('('))
            throw Wrong("a ( is missing");
        var parameters = new List<AbiParameter>();
        if (TryRead(')'))
            return parameters;
        do
        {
            var type = ReadType(depth);
            var indexed = false;
            for (var word = ReadWord(); word.Length > 0; word = ReadWord())
                indexed |= word == "indexed";
            parameters.Add(new AbiParameter(type, indexed));
        }
        while (TryRead(','));
        return TryRead(')') ? parameters : throw Wrong("a ) is missing");
    }

    private AbiType ReadType(int depth)
    {
        if (depth > DeepestNesting)
            throw Wrong("types are nested too deep");
        SkipSpaces();
        AbiType type;
        if (position < text.Length && text[position] == '(')
        {
            var members = ReadParameters(depth + 1);
            if (members.Count == 0 && depth > 0)
                throw Wrong("a tuple is empty");
            type = AbiType.TupleOf([.. members.Select(m => m.Type)]);
        }
        else
        {
            type = AbiType.Elementary(ReadWord());
        }

        for (var brackets = 0; TryRead('['); brackets++)
        {
            if (brackets + depth > DeepestNesting)
                throw Wrong("types are nested too deep");
            type = ReadArray(type);
        }

        return type;
    }

    private AbiType ReadArray(AbiType element)
    {
        if (TryRead(']'))
            return AbiType.ArrayOf(element);
        var digits = ReadWord();
        return int.TryParse(digits, out var length) && length is >= 1 and <= LongestFixedArray && TryRead(']')
            && (long)length * element.HeadLength <= int.MaxValue
            ? AbiType.FixedArrayOf(element, length)
            : throw Wrong("the length of an array is wrong");
    }

    private void SkipSpaces()
    {
        while (position < text.Length && text[position] == ' ')
            position++;
    }
}

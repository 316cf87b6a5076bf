using System.Text;
using Aitbc.Fuzz.Seeds;
using Aitbc.Primitives.Abi;

namespace Aitbc.Fuzz.Targets;

/// <summary>
/// A signature, a zero byte and arguments. The signature is parsed as a type, a function and an event; the arguments
/// are decoded by it, and what decodes survives being encoded and decoded again.
/// </summary>
internal sealed class AbiTarget : IFuzzTarget
{
    public string Name => "abi";

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "uint256", "int8", "address", "bool", "bytes32", "bytes", "string", "[]", "[3]", "[65536]", "(", ")", ",",
            " indexed ", " returns ", "()", "\0",
        }.Select(Encoding.ASCII.GetBytes),
        [.. new byte[31], 0x20],
        [.. new byte[31], 0x01],
        [.. Enumerable.Repeat((byte)0xff, 32)],
    ];

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => TextSeeds.Abi();

    public Allocation Bound { get; } = new(256 << 10, 500);

    public void Run(byte[] input)
    {
        var end = Array.IndexOf(input, (byte)0);
        var text = Encoding.Latin1.GetString(input, 0, end < 0 ? input.Length : end);
        var data = end < 0 ? default : input.AsSpan(end + 1);
        AbiType? type = null;
        try
        {
            type = AbiType.Parse(text);
        }
        catch (AbiException)
        {
            // Most texts are no type.
        }

        Named(text, data);
        if (type is null)
            return;
        if (AbiType.Parse(type.Name).Name != type.Name)
            throw new FuzzFailure("The canonical name means another type.");
        Decode([type], data);
    }

    private static void Named(string text, ReadOnlySpan<byte> data)
    {
        try
        {
            var function = AbiFunction.Parse(text);
            if (AbiFunction.Parse(function.Signature).Signature != function.Signature)
                throw new FuzzFailure("The canonical signature means another function.");
            Decode(function.Arguments, data);
        }
        catch (AbiException)
        {
            // As it promises.
        }

        try
        {
            var log = AbiEvent.Parse(text);
            _ = log.TryDecode([log.Topic0], data);
        }
        catch (AbiException)
        {
            // As it promises.
        }
    }

    private static void Decode(IReadOnlyList<AbiType> types, ReadOnlySpan<byte> data)
    {
        object?[] values;
        try
        {
            values = AbiCodec.Decode(types, data);
        }
        catch (AbiException)
        {
            return;
        }

        var encoded = AbiCodec.Encode(types, values);
        if (!AbiCodec.Encode(types, AbiCodec.Decode(types, encoded)).AsSpan().SequenceEqual(encoded))
            throw new FuzzFailure("Values change when they are encoded and decoded.");
    }
}

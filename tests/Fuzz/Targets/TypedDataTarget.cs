using System.Text;
using Aitbc.Fuzz.Seeds;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Fuzz.Targets;

/// <summary>The JSON of eth_signTypedData_v4: a digest, the same each time, or a FormatException.</summary>
internal sealed class TypedDataTarget : IFuzzTarget
{
    public string Name => "typed-data";

    public IReadOnlyList<byte[]> Words { get; } =
    [
        .. new[]
        {
            "\"types\"", "\"EIP712Domain\"", "\"primaryType\"", "\"domain\"", "\"message\"", "\"name\"", "\"type\"",
            "\"uint256\"", "\"int8\"", "\"Person\"", "\"Person[]\"", "\"Person[2][]\"", "\"bytes\"", "\"bool\"", "null",
            "true", "-1", "1e99", "[]", "{}", "[[[[", "\"0x\"", "\"\\ud800\"",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    // A struct of 256 members may be left out of a message in three bytes, and takes its place in the hash.
    public Allocation Bound { get; } = new(1 << 20, 20_000);

    public IReadOnlyList<(string Name, byte[] Bytes)> Seeds => TextSeeds.TypedData;

    public void Run(byte[] input)
    {
        var text = Encoding.UTF8.GetString(input);
        try
        {
            if (Eip712.HashTypedData(text) != Eip712.HashTypedData(text))
                throw new FuzzFailure("It has two digests.");
        }
        catch (FormatException)
        {
            // As it promises.
        }
    }
}

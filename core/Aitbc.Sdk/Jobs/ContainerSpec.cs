using System.Buffers;
using System.Text;
using Aitbc.Primitives;
using Aitbc.Primitives.TypedData;

namespace Aitbc.Sdk.Jobs;

/// <summary>
/// One run of a container: standard input is the input blob, standard output is the result
/// (specs/provider/containers.md).
/// </summary>
public sealed record ContainerSpec
{
    /// <summary>The largest result, in bytes: it is delivered as a blob.</summary>
    public const uint LargestOutput = 8 << 20;

    private const int LongestName = 200;
    private const int DigestDigits = 64;
    private const int MaxWords = 64;
    private const int MaxWordBytes = 16 * 1024;
    private const ulong LongestSeconds = 86_400;
    private const uint LeastMemoryMib = 8;
    private const uint LargestMemoryMib = 1 << 20;
    private const uint LeastCpu = 10;
    private const uint MostCpu = 256_000;
    private const uint MostPids = 4096;
    private const string DigestMark = "sha256:";

    private const string LettersAndDigits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    private static readonly SearchValues<char> Hex = SearchValues.Create("0123456789abcdef");
    private static readonly SearchValues<char> NameSigns = SearchValues.Create(LettersAndDigits + "._-/:");
    private static readonly SearchValues<char> VariableSigns = SearchValues.Create(LettersAndDigits + "_");

    private static readonly Eip712Type Type = Eip712Type.Parse(
        "ContainerJob(string image,bytes32 inputHash,string[] command,string[] env,uint64 maxSeconds,"
        + "uint32 maxMemoryMib,uint32 maxCpuMillis,uint32 maxPids,uint32 maxOutputBytes,bool gpu,bool network)");

    /// <summary>
    /// The image by its content: <c>NAME@sha256:HEX</c>, or the id <c>sha256:HEX</c> of one without a registry; 64
    /// digits in lower case. Names of at most 200 characters.
    /// </summary>
    public required string Image { get; init => field = value ?? ""; }

    /// <summary>Keccak-256 of the input's bytes; the input may be empty, but it is a blob.</summary>
    public required Hash256 InputHash { get; init; }

    /// <summary>
    /// What follows the image's entry point, in place of its own command; empty = its own. At most 64 words of 16 KiB
    /// together.
    /// </summary>
    public IReadOnlyList<string> Command { get; init => field = value ?? []; } = [];

    /// <summary>
    /// <c>NAME=value</c>, at most 64 of 16 KiB together. The provider and the coordinator read them: no secrets.
    /// </summary>
    public IReadOnlyList<string> Env { get; init => field = value ?? []; } = [];

    /// <summary>Most seconds from start to end, 1 to 86,400; this many are paid into the escrow.</summary>
    public required ulong MaxSeconds { get; init; }

    /// <summary>Most memory in MiB, files in <c>/tmp</c> included, 8 to 1,048,576.</summary>
    public required uint MaxMemoryMib { get; init; }

    /// <summary>Most processors, in thousandths of one, 10 to 256,000.</summary>
    public uint MaxCpuMillis { get; init; } = 1000;

    /// <summary>Most processes and threads at a time, 1 to 4,096.</summary>
    public uint MaxPids { get; init; } = 64;

    /// <summary>Most bytes of the result, 1 to 8 MiB.</summary>
    public uint MaxOutputBytes { get; init; } = LargestOutput;

    /// <summary>Whether it needs the machine's graphics processors.</summary>
    public bool Gpu { get; init; }

    /// <summary>Whether it needs the network; few providers allow it.</summary>
    public bool Network { get; init; }

    /// <summary>Whether a text names an image by its content.</summary>
    public static bool IsImage(string? image)
    {
        var digits = DigestMark.Length + DigestDigits;
        if (image is null || image.Length < digits || image.Length > LongestName + 1 + digits)
            return false;
        var digest = image.AsSpan(image.Length - digits);
        if (!digest.StartsWith(DigestMark, StringComparison.Ordinal)
            || digest[DigestMark.Length..].ContainsAnyExcept(Hex))
            return false;
        var name = image.AsSpan(0, image.Length - digits);
        return name.IsEmpty || (name.Length > 1 && name[^1] == '@' && IsName(name[..^1]));
    }

    internal string? Problem()
    {
        if (!IsImage(Image))
            return "The image is NAME@sha256:HEX, or the id sha256:HEX, with 64 digits in lower case.";
        if (!IsBounded(Command) || Command.Any(c => c.Contains('\0')))
            return $"The command has at most {MaxWords} words of {MaxWordBytes} bytes together, without zero bytes.";
        if (!IsBounded(Env) || !Env.All(IsVariable))
            return $"env has at most {MaxWords} texts NAME=value of {MaxWordBytes} bytes together.";
        if (MaxSeconds is 0 or > LongestSeconds)
            return $"maxSeconds is 1 to {LongestSeconds}.";
        if (MaxMemoryMib is < LeastMemoryMib or > LargestMemoryMib)
            return $"maxMemoryMib is {LeastMemoryMib} to {LargestMemoryMib}.";
        if (MaxCpuMillis is < LeastCpu or > MostCpu)
            return $"maxCpuMillis is {LeastCpu} to {MostCpu}.";
        if (MaxPids is 0 or > MostPids)
            return $"maxPids is 1 to {MostPids}.";
        return MaxOutputBytes is 0 or > LargestOutput ? $"maxOutputBytes is 1 to {LargestOutput}." : null;
    }

    internal Hash256 Hash() => Type.HashStruct(
        Image,
        InputHash,
        Command.Select(c => (object?)c).ToArray(),
        Env.Select(e => (object?)e).ToArray(),
        (UInt256)MaxSeconds,
        (UInt256)MaxMemoryMib,
        (UInt256)MaxCpuMillis,
        (UInt256)MaxPids,
        (UInt256)MaxOutputBytes,
        Gpu,
        Network);

    // What a registry can be asked for: no spaces, no option that begins with '-', nothing that ends early.
    private static bool IsName(ReadOnlySpan<char> name) =>
        char.IsAsciiLetterOrDigit(name[0])
        && !name.ContainsAnyExcept(NameSigns);

    private static bool IsBounded(IReadOnlyList<string> words) =>
        words.Count <= MaxWords && !words.Contains(null!)
        && words.Sum(w => Encoding.UTF8.GetByteCount(w) + 1) <= MaxWordBytes;

    private static bool IsVariable(string text)
    {
        var name = text.AsSpan(0, Math.Max(0, text.IndexOf('=', StringComparison.Ordinal)));
        return !name.IsEmpty && !char.IsAsciiDigit(name[0]) && !text.Contains('\0')
            && !name.ContainsAnyExcept(VariableSigns);
    }
}

using System.Diagnostics;
using System.Globalization;
using Aitbc.Fuzz;
using Aitbc.Fuzz.Running;
using SharpFuzz;

const string Usage = """
    Fuzz list                               the targets and their cases
    Fuzz TARGET                             one target under afl-fuzz (see README.md)
    Fuzz --all SEED [PERCENT]               the property run: every target with its cases, or so many percent of them
    Fuzz --random TARGET CASES SEED         random and mutated bytes for one target
    Fuzz --replay [TARGET [FILE ...]]       the committed corpus, or these files
    Fuzz --write-corpus                     writes the seeds of the corpus anew
    """;

try
{
    return Run(args);
}
catch (Exception e) when (Failure(e) is { } failure)
{
    Console.Error.WriteLine(failure);
    if (failure.Input is { } input)
    {
        var path = Path.GetFullPath(Path.Combine("artifacts", "fuzz", $"{Convert.ToHexStringLower(
            System.Security.Cryptography.SHA256.HashData(input).AsSpan(0, 8))}.bin"));
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, input);
        Console.Error.WriteLine($"the input is in {path}");
    }

    return 1;
}

static int Run(string[] args)
{
    var watch = Stopwatch.StartNew();
    switch (args)
    {
        case ["list"]:
            foreach (var (name, cases, _) in FuzzTargets.All)
                Console.WriteLine($"{name} {cases}");
            return 0;
        case ["--all", var seed, .. var percent]:
            Console.WriteLine($"seed {seed}");
            var total = PropertyRun.All(Number(seed), percent.Length > 0 ? (int)Number(percent[0]) : 100);
            Console.WriteLine($"{total} cases in {watch.Elapsed.TotalSeconds:F0} s, seed {seed}: each fine or refused");
            return 0;
        case ["--random", var name, var cases, var seed]:
            PropertyRun.One(name, (int)Number(cases), Number(seed));
            return 0;
        case ["--replay", .. var rest]:
            Replay(rest);
            return 0;
        case ["--write-corpus"]:
            foreach (var (_, _, make) in FuzzTargets.All)
            {
                using var target = make();
                Corpus.Write(target);
            }

            return 0;
        case [var name] when !name.StartsWith('-'):
            Instrumented(name);
            return 0;
        default:
            Console.Error.WriteLine(Usage);
            return 2;
    }
}

static void Instrumented(string name)
{
    using var target = FuzzTargets.Make(name);
    Fuzzer.OutOfProcess.Run(stream =>
    {
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        target.Run(bytes.ToArray());
    });
}

static void Replay(string[] rest)
{
    foreach (var name in rest.Length > 0 ? [rest[0]] : FuzzTargets.All.Select(t => t.Name))
    {
        using var target = FuzzTargets.Make(name);
        var inputs = rest.Length > 1 ? [.. rest.Skip(1).Select(File.ReadAllBytes)] : Corpus.Of(name);
        new CaseRun(target, isAlone: true).Replay(inputs);
        Console.WriteLine($"{name}: {inputs.Count} inputs");
    }
}

static ulong Number(string text) => ulong.Parse(text, CultureInfo.InvariantCulture);

static FuzzFailure? Failure(Exception e) => e switch
{
    FuzzFailure failure => failure,
    AggregateException many => many.Flatten().InnerExceptions.OfType<FuzzFailure>().FirstOrDefault(),
    _ => null,
};

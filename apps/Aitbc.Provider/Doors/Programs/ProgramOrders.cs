using System.Text;
using System.Text.Json;
using Aitbc.Primitives;
using Aitbc.Provider.Engines;
using Aitbc.Provider.Errors;
using Aitbc.Provider.Selling;
using Aitbc.Provider.Selling.Programs;
using Aitbc.Sdk.Jobs;
using SentBlobs = System.Collections.Generic.Dictionary<
    Aitbc.Primitives.Hash256, System.ReadOnlyMemory<byte>>;

namespace Aitbc.Provider.Doors.Programs;

/// <summary>A run of a program, read.</summary>
/// <param name="Order">What it buys.</param>
/// <param name="Engine">Where it runs.</param>
/// <param name="MostUnits">Units that it may use.</param>
internal sealed record ProgramOrder(SaleOrder Order, IEngine Engine, ulong MostUnits);

/// <summary>Reads what is run: a script or a module, its input and its limits (specs/provider/programs.md).</summary>
internal sealed class ProgramOrders(EngineCatalog engines, ProgramTools tools)
{
    private const string Script = "script";
    private const string Module = "module";
    private const string ModuleHash = "moduleHash";
    private const string Input = "input";
    private const string InputBase64 = "inputBase64";
    private const string MaxMemoryMib = "maxMemoryMib";
    private const uint UsualMemoryMib = 64;
    private static readonly string[] OfEvery = [Input, InputBase64, MaxMemoryMib];
    private static readonly string[] OfScripts = [Script, "maxStatements", "seed", .. OfEvery];
    private static readonly string[] OfModules = [Module, ModuleHash, "maxFuel", "args", .. OfEvery];

    /// <summary>Whether a program is meant, and not a chat.</summary>
    public static bool IsMeant(JsonElement asked) => asked.Member(Script) is not null
        || asked.Member(Module) is not null || asked.Member(ModuleHash) is not null;

    /// <summary>Throws <see cref="SaleRefusedException"/>.</summary>
    public ProgramOrder Read(PaidBody body)
    {
        var asked = body.Json;
        var isScript = asked.Member(Script) is not null;
        Check(asked, isScript);
        var name = isScript ? EngineNames.Js : EngineNames.Wasm;
        var engine = engines.All.FirstOrDefault(e => e.Name == name) ?? throw Unsupported($"Here is no engine {name}.");
        var sent = new SentBlobs();
        var spec = PaidBody.Parse(() => isScript ? ScriptOf(asked, engine, sent) : ModuleOf(asked, engine, sent));
        if ((engine.Problem(spec) ?? spec.Problem()) is { } problem)
            throw Unsupported(problem);
        var most = engine.WorstCaseUnits(spec);
        var run = new ProgramRun(engine, spec, sent, tools);
        var order = new SaleOrder
        {
            Ware = new ProgramWare(engine, tools.Slots),
            RequestHash = body.RequestHash,
            SpecHash = spec.Hash(),
            InputHash = engine.InputHash(spec),
            Url = body.Url,
            Format = new ProgramFormat(engine),
            Meter = new UnitMeter(engine.Offer.Price, most),
            Start = run.StreamAsync,
        };
        return new ProgramOrder(order, engine, most);
    }

    // A limit that is misspelled would be none, and cost more than was meant.
    private static void Check(JsonElement asked, bool isScript)
    {
        var known = isScript ? OfScripts : OfModules;
        foreach (var member in PaidBody.Parse(() => asked.EnumerateObject().Select(m => m.Name).ToList()))
        {
            if (!known.Contains(member))
                throw SaleRefusedException.Invalid(
                    $"A {(isScript ? "script" : "module")} has the members {string.Join(", ", known)}, and no other.");
        }

        if (!IsMeant(asked))
            throw SaleRefusedException.Invalid("One of script, module and moduleHash says what is run.");
        if (asked.Member(Module) is not null && asked.Member(ModuleHash) is not null)
            throw SaleRefusedException.Invalid("The module itself or its hash says what is run, not both.");
        if (asked.Member(Input) is not null && asked.Member(InputBase64) is not null)
            throw SaleRefusedException.Invalid("The input is a text or base64, not both.");
    }

    private static JobSpec ScriptOf(JsonElement asked, IEngine engine, SentBlobs sent) =>
        new()
        {
            Engine = EngineNames.Js,
            Js = new JsSpec
            {
                ScriptHash = Add(sent, Bytes(asked, Script)),
                InputHash = InputOf(asked, sent),
                MaxStatements = Number(asked, "maxStatements") ?? engine.Offer.MaxUnits,
                MaxMemoryMib = Memory(asked),
                Seed = asked.Text("seed") ?? "",
            },
        };

    private static JobSpec ModuleOf(JsonElement asked, IEngine engine, SentBlobs sent)
    {
        var hash = asked.Text(ModuleHash) is { } text
            ? Hash256.TryParse(text, out var parsed)
                ? parsed : throw new FormatException("moduleHash is 0x and 64 hex digits.")
            : Add(sent, asked.Member(Module)!.Value.GetBytesFromBase64());
        return new JobSpec
        {
            Engine = EngineNames.Wasm,
            Wasm = new WasmSpec
            {
                ModuleHash = hash,
                InputHash = InputOf(asked, sent),
                MaxFuel = Number(asked, "maxFuel") ?? engine.Offer.MaxUnits,
                MaxMemoryMib = Memory(asked),
                Args = asked.Texts("args"),
            },
        };
    }

    private static Hash256 InputOf(JsonElement asked, SentBlobs sent) => Add(
        sent,
        asked.Member(InputBase64) is { } coded ? coded.GetBytesFromBase64()
            : asked.Member(Input) is not null ? Bytes(asked, Input) : []);

    private static Hash256 Add(SentBlobs sent, byte[] bytes)
    {
        var hash = Keccak256.Hash(bytes);
        sent[hash] = bytes;
        return hash;
    }

    private static byte[] Bytes(JsonElement asked, string name) => Encoding.UTF8.GetBytes(asked.Text(name)!);

    private static ulong? Number(JsonElement asked, string name) => asked.Member(name)?.GetUInt64();

    private static uint Memory(JsonElement asked) => asked.Member(MaxMemoryMib)?.GetUInt32() ?? UsualMemoryMib;

    private static SaleRefusedException Unsupported(string sentence) =>
        new(422, ProviderCodes.SpecUnsupported, sentence);
}

namespace Aitbc.Script;

/// <summary>
/// A script of what scripts usually do: running it makes the runtime compile the engine's code for that.
/// </summary>
internal static class Rehearsal
{
    private static readonly byte[] Script = """
        class A { constructor(x) { this.x = x; } get y() { return this.x + 1; } }
        const seen = new Map(), f = (x, ...more) => more.length ? x : `${x}`;
        for (const word of input.split(' ')) { seen.set(word, (seen.get(word) ?? 0) + 1); f(word, ...[1]); }
        try { throw new Error('x'); } catch (e) { print(e.message); }
        let i = 0; while (i < 3) i++;
        const list = [...seen].map(([k, v]) => ({ k, v })).sort().filter(o => o.v);
        print(JSON.stringify(list) + f(new A(i).y) + /a+/.test('a'));
        print(JSON.parse('{"a":[1,2]}').a.reduce((a, b) => a + b, 0));
        """u8.ToArray();

    public static void Run() =>
        new ScriptRun(new ScriptRequest(Script, "a b c"u8.ToArray(), "", 1000, 1 << 26, 1000, 1000)).Run();
}

using Aitbc.Script;

// One process runs one script and nothing after it. Whatever a script does to its process ends with the process.
const int StackBytes = 64 << 20;
var (input, output) = (Console.OpenStandardInput(), Console.OpenStandardOutput());

// Compiles the engine while nobody waits, so that a process that is kept ready answers sooner.
if (args is ["ready"])
    Rehearsal.Run();

ScriptRequest request;
try
{
    request = ScriptRequest.ReadFrom(input);
}
catch (IOException)
{
    // The provider left before it had a script.
    return 1;
}

// Nobody to give the result to: the provider went away, which closes the pipe, or it asked to stop by closing it.
new Thread(() =>
{
    input.ReadByte();
    Environment.Exit(2);
})
{ IsBackground = true }.Start();

ScriptResult? result = null;
var run = new ScriptRun(request);
var thread = new Thread(() => result = run.Run(), StackBytes);
thread.Start();
// A built-in function that never comes back is ended with the process.
if (!thread.Join(request.MaxWallMs))
    result = new ScriptResult(ScriptEnd.TimeExceeded, "", run.Statements, []);
result!.WriteTo(output);
output.Flush();
Environment.Exit(0);
return 0;

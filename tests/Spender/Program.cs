using System.Text.Json;
using Aitbc.Spender;

// One agent as a process of its own: it reads its plan, spends, and tells what it was given.
var plan = JsonSerializer.Deserialize(await Console.In.ReadToEndAsync(), SpenderJson.Default.Plan)!;
using var agent = new Agent(plan);
Console.WriteLine(JsonSerializer.Serialize(await agent.RunAsync(), SpenderJson.Default.Tally));

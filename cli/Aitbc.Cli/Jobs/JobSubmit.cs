using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Jobs;

internal static class JobSubmit
{
    public static CliCommand Create() => new CliCommand(
        "submit",
        "Order a job, pay it into the escrow, wait, and keep result and receipt.",
        "aitbc job submit wasm samples/wasm/wordcount/wordcount.wasm README.md")
        .With(SubmitWasm.Create(), SubmitOllama.Create(), SubmitContainer.Create());
}

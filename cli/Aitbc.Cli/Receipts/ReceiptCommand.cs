using Aitbc.Cli.Shell;

namespace Aitbc.Cli.Receipts;

internal static class ReceiptCommand
{
    public const string Name = "receipt";
    public const string Text = "Proofs of what was done and paid.";

    public static CliCommand Create() => new CliCommand(
        Name, Text, "aitbc receipt verify job.receipt.json --provider 0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
        .With(ReceiptVerify.Create(), ReceiptProve.Create());
}

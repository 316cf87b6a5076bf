using System.CommandLine;
using Aitbc.Cli.Network;

namespace Aitbc.Cli.Shell;

/// <summary>What a running command has: its arguments, its output, and the network.</summary>
internal sealed class CommandContext(ParseResult parsed, CancellationToken cancel) : IDisposable
{
    private readonly Lazy<Session> session = new(() => new Session(Endpoints.Find(parsed)));

    public ParseResult Parsed { get; } = parsed;

    public CancellationToken Cancel { get; } = cancel;

    public Output Output { get; } = new(parsed.GetValue(GlobalOptions.Json), Console.Out, Console.Error);

    /// <summary>What the process answers if the command ends without an exception.</summary>
    public int Exit { get; set; } = ExitCode.Ok;

    /// <summary>Clients of the daemons, made when first asked for.</summary>
    public Session Session => session.Value;

    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    /// <summary>The default of its type for one that may be left out, and was.</summary>
    public T Get<T>(Argument<T> argument) => argument.Arity.MinimumNumberOfValues > 0
        ? Parsed.GetRequiredValue(argument)
        : Parsed.GetValue(argument)!;

    public void Dispose()
    {
        if (session.IsValueCreated)
            session.Value.Dispose();
    }
}

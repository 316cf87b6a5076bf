using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Aitbc.Fuzz.Running;

/// <summary>Keeps what a daemon logs as an error: no input of anybody may be one.</summary>
internal sealed class ErrorLog : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<string> texts = [];

    public void Check()
    {
        if (texts.TryDequeue(out var text))
            throw new FuzzFailure($"The daemon logged: {text}");
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception,
        Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
            texts.Enqueue($"{formatter(state, exception)} {exception}");
    }

    public void Dispose()
    {
    }
}

using PushGateway.Logging;
using Serilog.Core;
using Serilog.Events;

namespace PushGateway.Tests.TestServer;

/// <summary>A log sink that collects the formatted lines.</summary>
internal sealed class LogLines : ILogEventSink
{
    private readonly LogfmtFormatter _formatter = new();
    private readonly List<string> _lines = [];

    public void Emit(LogEvent logEvent)
    {
        using var line = new StringWriter();
        _formatter.Format(logEvent, line);
        lock (_lines)
        {
            _lines.Add(line.ToString());
        }
    }

    /// <summary>The lines of a level so far, from <c>level=</c> on, without newlines.</summary>
    public IReadOnlyList<string> OfLevel(string level)
    {
        lock (_lines)
        {
            return
            [
                .. _lines.Select(AfterTime).Where(line => line.StartsWith($"level={level} ", StringComparison.Ordinal)),
            ];
        }
    }

    private static string AfterTime(string line) =>
        line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..^1];
}

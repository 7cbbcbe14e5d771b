using PushGateway.Logging;
using Serilog.Core;
using Serilog.Events;

namespace PushGateway.Tests.TestServer;

/// <summary>Keeps what is logged, as the lines that would be written.</summary>
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

    /// <summary>The lines so far that are of the given level, from <c>level=</c> on and without their newlines.</summary>
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

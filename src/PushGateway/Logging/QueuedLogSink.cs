using Serilog.Core;
using Serilog.Events;
using Serilog.Formatting;

namespace PushGateway.Logging;

/// <summary>
/// Writes log lines on a separate thread, so that requests do not wait for the reader of the log. Drops lines while the queue
/// is full, and counts them. Thread-safe.
/// </summary>
internal sealed class QueuedLogSink : ILogEventSink, IDisposable
{
    private const int MaxQueuedCharacters = 1 << 20;

    /// <summary>How long the program waits at its end for the reader of the log.</summary>
    private static readonly TimeSpan MaxClosingTime = TimeSpan.FromSeconds(1);

    // Not a Lock, since the thread waits with Monitor.Wait.
    private readonly object _gate = new();
    private readonly ITextFormatter _formatter;
    private readonly TextWriter _output;
    private readonly Thread _thread;
    private List<string> _queue = [];
    private long _queuedCharacters;
    private long _dropped;
    private bool _isClosed;

    public QueuedLogSink(ITextFormatter formatter, TextWriter output)
    {
        _formatter = formatter;
        _output = output;
        _thread = new Thread(Run) { IsBackground = true, Name = "log" };
        _thread.Start();
    }

    /// <summary>The number of lines dropped so far.</summary>
    public long DroppedLines => Interlocked.Read(ref _dropped);

    /// <summary>
    /// Called with the number of dropped lines when lines can be written again. A line that it logs is not
    /// dropped.
    /// </summary>
    public Action<long>? Resumed { get; set; }

    public void Emit(LogEvent logEvent)
    {
        // Formatted here, so that the queue holds bounded text instead of the objects of the event.
        using var text = new StringWriter();
        _formatter.Format(logEvent, text);
        string line = text.ToString();
        lock (_gate)
        {
            bool isFull = _queuedCharacters + line.Length > MaxQueuedCharacters;
            if ((isFull || _isClosed) && Thread.CurrentThread != _thread)
            {
                _dropped++;
                return;
            }
            _queue.Add(line);
            _queuedCharacters += line.Length;
            Monitor.Pulse(_gate);
        }
    }

    /// <summary>Writes the queued lines, unless the reader blocks.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
        _thread.Join(MaxClosingTime);
    }

    private void Run()
    {
        List<string> batch = [];
        long reported = 0;
        while (Exchange(ref batch))
        {
            bool isWritten = true;
            foreach (string line in batch)
            {
                isWritten = TryWrite(line);
                Release(line);
            }
            batch.Clear();
            long dropped = DroppedLines;
            if (isWritten && dropped > reported)
            {
                Resumed?.Invoke(dropped - reported);
                reported = dropped;
            }
        }
    }

    /// <summary>Waits for lines, and exchanges their list for an empty one. False at the end.</summary>
    private bool Exchange(ref List<string> batch)
    {
        lock (_gate)
        {
            while (_queue.Count == 0)
            {
                if (_isClosed)
                {
                    return false;
                }
                Monitor.Wait(_gate);
            }
            (batch, _queue) = (_queue, batch);
            return true;
        }
    }

    /// <summary>Frees the space of written lines. Until then, they count as queued.</summary>
    private void Release(string line)
    {
        lock (_gate)
        {
            _queuedCharacters -= line.Length;
        }
    }

    private bool TryWrite(string line)
    {
        try
        {
            _output.Write(line);
            _output.Flush();
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // For example, a full disk.
            Interlocked.Increment(ref _dropped);
            return false;
        }
    }
}

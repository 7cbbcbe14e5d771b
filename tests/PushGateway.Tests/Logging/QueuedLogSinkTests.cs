using PushGateway.Logging;
using Serilog;
using Serilog.Core;
using Xunit;

namespace PushGateway.Tests.Logging;

public sealed class QueuedLogSinkTests : IDisposable
{
    private readonly GatedWriter _output = new();

    public void Dispose() => _output.Dispose();

    [Fact]
    public void Dispose_LinesAreQueued_WritesThemInOrder()
    {
        _output.Gate.Set();
        var sink = new QueuedLogSink(new LogfmtFormatter(), _output);
        using (Logger logger = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger())
        {
            logger.Information("first");
            logger.Information("second");
        }

        Assert.Equal(["msg=first", "msg=second"], _output.Lines.Select(line => line.Trim().Split(' ')[^1]));
        Assert.Equal(0, sink.DroppedLines);
    }

    [Fact]
    public void Emit_NobodyReads_QueuesAMegabyteAndDropsTheRest()
    {
        var sink = new QueuedLogSink(new LogfmtFormatter(), _output);
        using Logger logger = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger();
        long resumed = 0;
        sink.Resumed = lines => resumed += lines;

        for (int i = 0; i < 1000; i++)
        {
            logger.Information("{Text}", new string('x', 5_000));
        }

        // A message and its parameter, 10,000 characters. Those that the writer has count, however many it took.
        Assert.InRange(sink.DroppedLines, 895, 900);
        _output.Gate.Set();
        logger.Dispose();
        Assert.Equal(1000, _output.Lines.Count + sink.DroppedLines);
        Assert.Equal(sink.DroppedLines, resumed);
    }

    [Fact]
    public void Emit_OutputFails_CountsTheLine()
    {
        _output.Gate.Set();
        _output.Failures = 2;
        var sink = new QueuedLogSink(new LogfmtFormatter(), _output);
        long resumed = 0;
        sink.Resumed = lines => resumed += lines;
        using (Logger logger = new LoggerConfiguration().WriteTo.Sink(sink).CreateLogger())
        {
            logger.Information("first");
            logger.Information("second");
            logger.Information("third");
        }

        Assert.Single(_output.Lines);
        Assert.Equal(2, sink.DroppedLines);
        Assert.Equal(2, resumed);
    }

    /// <summary>Writes wait until the gate is open.</summary>
    private sealed class GatedWriter : StringWriter
    {
        public ManualResetEventSlim Gate { get; } = new();

        public List<string> Lines { get; } = [];

        /// <summary>How many writes fail from now on.</summary>
        public int Failures { get; set; }

        public override void Write(string? value)
        {
            Gate.Wait(TestContext.Current.CancellationToken);
            if (Failures-- > 0)
            {
                throw new IOException("no space left on device");
            }
            Lines.Add(value!);
        }
    }
}

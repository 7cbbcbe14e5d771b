using PushGateway.Hosting;
using Xunit;

namespace PushGateway.Tests.Hosting;

public sealed class AcceptPauseTests
{
    private readonly SkippingTime _time = new();
    private readonly CountingLogger _log = new();

    [Theory]
    [InlineData(1024UL, 990, true)]
    [InlineData(1024UL, 991, false)]
    [InlineData(1024UL, 1023, false)]
    [InlineData(80UL, 68, true)]
    [InlineData(80UL, 69, false)]
    [InlineData(ulong.MaxValue, int.MaxValue, true)]
    public void AllowsAnother_LastDescriptors_AreReserved(ulong limit, int descriptor, bool isAllowed) =>
        Assert.Equal(isAllowed, new Descriptors(limit).AllowsAnother(descriptor));

    [Fact]
    public void HasFree_ThisProcess_HasSome()
    {
        Assert.True(Descriptors.OfProcess()!.HasFree());
        Assert.False(new Descriptors(1).HasFree());
    }

    /// <summary>Two minutes and a bit.</summary>
    [Fact]
    public async Task WaitAsync_NoneIsFree_PausesLongerEachTimeAndLogsOnceAMinute()
    {
        int probes = 0;
        var pause = new AcceptPause(new Descriptors(100), () => ++probes > 128, _time, _log);

        await pause.WaitAsync(TestContext.Current.CancellationToken);

        double[] growing = [5, 10, 20, 40, 80, 160, 320, 640];
        Assert.Equal(
            [.. growing, .. Enumerable.Repeat(1000.0, 120)], _time.Delays.Select(delay => delay.TotalMilliseconds));
        Assert.Equal(3, _log.Lines);
    }

    [Fact]
    public async Task WaitAsync_Cancelled_Returns()
    {
        using var closing = new CancellationTokenSource();
        Task waiting = new AcceptPause(new Descriptors(100), () => false, TimeProvider.System, _log).WaitAsync(closing.Token);

        await closing.CancelAsync();

        await waiting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    /// <summary>Each timer fires at once, and the clock is set to its end.</summary>
    private sealed class SkippingTime : TimeProvider
    {
        private TimeSpan _elapsed;

        public List<TimeSpan> Delays { get; } = [];

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _elapsed.Ticks;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Delays.Add(dueTime);
            _elapsed += dueTime;
            return System.CreateTimer(callback, state, TimeSpan.Zero, period);
        }
    }

    private sealed class CountingLogger : ILogger<AcceptPause>
    {
        public int Lines { get; private set; }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Lines++;
    }
}

using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
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

    /// <summary>Short of files, of memory for sockets, of memory, for which the framework has no code.</summary>
    [Theory]
    [InlineData(SocketError.TooManyOpenSockets)]
    [InlineData(SocketError.NoBufferSpaceAvailable)]
    [InlineData(SocketError.SocketError)]
    public async Task AcceptAsync_SystemIsShort_PausesLongerEachTimeAndLogsOnceAMinute(SocketError error)
    {
        var inner = new FailingListener(error, 128);
        var listener = new PausingListener(inner, new AcceptPause(new Descriptors(100), () => true, _time, _log));

        await listener.AcceptAsync(TestContext.Current.CancellationToken);

        double[] growing = [5, 10, 20, 40, 80, 160, 320, 640];
        Assert.Equal(
            [.. growing, .. Enumerable.Repeat(1000.0, 120)], _time.Delays.Select(delay => delay.TotalMilliseconds));
        Assert.Equal(3, _log.Lines);

        inner.Fail(error, 1);
        await listener.AcceptAsync(TestContext.Current.CancellationToken);

        Assert.Equal(5, _time.Delays[^1].TotalMilliseconds);
    }

    [Fact]
    public async Task AcceptAsync_ClientHangsUp_DoesNotPause()
    {
        var listener = new PausingListener(
            new FailingListener(SocketError.ConnectionAborted, 3), new AcceptPause(new Descriptors(100), () => true, _time, _log));

        await listener.AcceptAsync(TestContext.Current.CancellationToken);

        Assert.Empty(_time.Delays);
        Assert.Equal(0, _log.Lines);
    }

    /// <summary>Also while it pauses.</summary>
    [Fact]
    public async Task UnbindAsync_WhileAcceptingFails_EndsIt()
    {
        var inner = new FailingListener(SocketError.TooManyOpenSockets, int.MaxValue);
        var listener = new PausingListener(
            inner, new AcceptPause(new Descriptors(100), () => true, TimeProvider.System, _log));
        Task accepting = listener.AcceptAsync(TestContext.Current.CancellationToken).AsTask();

        await listener.UnbindAsync(TestContext.Current.CancellationToken);

        await accepting.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
    }

    /// <summary>Fails a given number of times, then returns null like a closed listener.</summary>
    private sealed class FailingListener(SocketError error, int failures) : IConnectionListener
    {
        private SocketError _error = error;
        private int _failures = failures;

        public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 1);

        public void Fail(SocketError error, int failures) => (_error, _failures) = (error, failures);

        public ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
            --_failures < 0 ? ValueTask.FromResult<ConnectionContext?>(null) : throw new SocketException((int)_error);

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            _failures = 0;
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
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

using System.Globalization;
using PushGateway.Hosting;
using PushGateway.Tests.EndToEnd.Processes;
using Xunit;

namespace PushGateway.Tests.Hosting;

public sealed class NotifySocketTests
{
    private static readonly string Own = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public void TryOpen_NoServiceManager_IsFalseWithoutAnError(string? value)
    {
        Assert.False(NotifySocket.TryOpen(_ => value, out _, out string? error));
        Assert.Null(error);
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("vsock:2:1234")]
    public void TryOpen_OtherKindOfAddress_IsAnError(string value)
    {
        Assert.False(NotifySocket.TryOpen(_ => value, out _, out string? error));
        Assert.Equal($"NOTIFY_SOCKET={value} is not a path or an abstract socket", error);
    }

    [Fact]
    public void TryOpen_TooLongAPath_IsAnError()
    {
        Assert.False(NotifySocket.TryOpen(_ => "/" + new string('a', 107), out _, out string? error));
        Assert.EndsWith(" is not a path or an abstract socket", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("20000000", null, 20.0)]
    [InlineData("20000000", "own", 20.0)]
    [InlineData("5000000000", null, 5000.0)]
    [InlineData("20000000", "1", null)] // meant for another process
    [InlineData(null, null, null)]
    [InlineData("0", null, null)]
    [InlineData("-1", null, null)]
    [InlineData("soon", null, null)]
    public void Watchdog_FromTheEnvironment_IsForThisProcessOnly(string? microseconds, string? processId, double? seconds)
    {
        string? Variable(string name) => name switch
        {
            "NOTIFY_SOCKET" => "/run/notify",
            "WATCHDOG_USEC" => microseconds,
            "WATCHDOG_PID" => processId == "own" ? Own : processId,
            _ => null,
        };

        Assert.True(NotifySocket.TryOpen(Variable, out NotifySocket? socket, out _));
        using (socket)
        {
            Assert.Equal(seconds, socket.Watchdog?.TotalSeconds);
        }
    }

    [Theory]
    [InlineData(null, 5000)]
    [InlineData(60_000, 5000)]
    [InlineData(4000, 2000)]
    [InlineData(1, 1)]
    public void PeriodOf_Watchdog_IsHalfOfItAtMost(int? watchdog, int period) => Assert.Equal(
        TimeSpan.FromMilliseconds(period),
        SystemdNotifier.PeriodOf(watchdog is { } time ? TimeSpan.FromMilliseconds(time) : null));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Send_Lines_AreOneMessage(bool isAbstract)
    {
        using FakeServiceManager manager =
            isAbstract ? FakeServiceManager.OnAnAbstractSocket() : FakeServiceManager.OnAPath();
        Assert.True(NotifySocket.TryOpen(
            name => name == "NOTIFY_SOCKET" ? manager.Address : null, out NotifySocket? socket, out _));

        using (socket)
        {
            socket.Send(["READY=1", "STATUS=ä"]);
        }

        Assert.Equal(["READY=1", "STATUS=ä"], await manager.HearAsync());
    }
}

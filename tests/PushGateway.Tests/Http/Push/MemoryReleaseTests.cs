using PushGateway.Http.Push;
using PushGateway.Tests.TestServer;
using Xunit;

namespace PushGateway.Tests.Http.Push;

public sealed class MemoryReleaseTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly MemoryRelease _release;
    private long _resident = 20 << 20;
    private long _allocated;
    private long _arriving;
    private int _collections;
    private Action _duringCollection = () => { };

    public MemoryReleaseTests() => _release = new MemoryRelease(
        _time,
        () =>
        {
            _collections++;
            _resident = (25 << 20) + _arriving;
            _allocated = 0;
            _duringCollection();
        },
        () => _resident,
        () => _allocated,
        () => _arriving);

    public void Dispose() => _release.Dispose();

    [Fact]
    public void CollectIfQuiet_NoLargeBodyLeft_Collects()
    {
        Push(500 << 20);
        Assert.Equal((0, MemoryRelease.Quiet), (_collections, _release.Delay));

        _release.CollectIfQuiet();

        Assert.Equal(1, _collections);
    }

    [Fact]
    public void CollectIfQuiet_OtherBodyRunning_Waits()
    {
        _release.Begin();
        Push(500 << 20);
        _release.CollectIfQuiet();
        Assert.Equal(0, _collections);

        _release.End();
        _release.CollectIfQuiet();

        Assert.Equal(1, _collections);
    }

    [Fact]
    public void Delay_AfterACollection_IsTheInterval()
    {
        Push(500 << 20);
        _release.CollectIfQuiet();
        Push(500 << 20);
        Assert.Equal(MemoryRelease.Interval, _release.Delay);

        _time.Advance(MemoryRelease.Interval);

        Assert.Equal(MemoryRelease.Quiet, _release.Delay);
    }

    [Fact]
    public void CollectIfQuiet_LittleGrowth_DoesNotCollect()
    {
        Push(30 << 20);
        _release.CollectIfQuiet();

        Assert.Equal(0, _collections);
    }

    [Fact]
    public void CollectIfQuiet_BodiesArriveMeanwhile_CollectsAgainAfterThem()
    {
        Push(500 << 20);
        _arriving = 400 << 20;
        _release.CollectIfQuiet();
        _arriving = 0;
        Push(430 << 20);

        _release.CollectIfQuiet();

        Assert.Equal(2, _collections);
    }

    [Fact]
    public void CollectIfQuiet_BodyBeginsMeanwhile_CollectsAgainAfterIt()
    {
        Push(500 << 20);
        _duringCollection = () => Push(500 << 20);
        _release.CollectIfQuiet();
        _duringCollection = () => { };

        _release.CollectIfQuiet();

        Assert.Equal(2, _collections);
    }

    [Fact]
    public void Begin_GarbageOfBodiesBefore_CollectsFirst()
    {
        _allocated = MemoryRelease.MaxGarbage;
        _release.Begin();
        _release.End();
        Assert.Equal(0, _collections);

        _allocated++;
        _release.Begin();

        Assert.Equal(1, _collections);
    }

    private void Push(long resident)
    {
        _release.Begin();
        _resident = resident;
        _release.End();
    }
}

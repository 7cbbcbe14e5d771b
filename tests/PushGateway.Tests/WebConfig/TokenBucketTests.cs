using PushGateway.CommandLine;
using PushGateway.Tests.TestServer;
using PushGateway.WebConfig;
using Xunit;

namespace PushGateway.Tests.WebConfig;

public sealed class TokenBucketTests
{
    private readonly ManualTime _time = new();

    [Fact]
    public void TryTake_MoreThanTheBurst_IsRefusedUntilAnIntervalIsOver()
    {
        TokenBucket bucket = Bucket("1s", burst: 3);

        Assert.Equal(3, Taken(bucket, 5));
        _time.Advance(TimeSpan.FromSeconds(0.999));
        Assert.Equal(0, Taken(bucket, 1));
        _time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.Equal(1, Taken(bucket, 2));
    }

    [Fact]
    public void TryTake_AfterALongPause_IsNoMoreThanTheBurst()
    {
        TokenBucket bucket = Bucket("1s", burst: 3);
        Taken(bucket, 3);

        _time.Advance(TimeSpan.FromDays(1));

        Assert.Equal(3, Taken(bucket, 10));
    }

    [Theory]
    [InlineData("2562047h47m", 1, 1)]
    [InlineData("1h", int.MaxValue, 100)]
    [InlineData("1ns", 1, 1)]
    public void TryTake_ExtremeLimits_Counts(string interval, int burst, int taken) =>
        Assert.Equal(taken, Taken(Bucket(interval, burst), 100));

    [Fact]
    public void TryTake_FromManyThreads_IsNoMoreThanTheBurst()
    {
        TokenBucket bucket = Bucket("1h", burst: 500);
        int taken = 0;

        Parallel.For(0, 2000, _ =>
        {
            if (bucket.TryTake())
            {
                Interlocked.Increment(ref taken);
            }
        });

        Assert.Equal(500, taken);
    }

    private static int Taken(TokenBucket bucket, int attempts) =>
        Enumerable.Range(0, attempts).Count(_ => bucket.TryTake());

    private TokenBucket Bucket(string interval, int burst)
    {
        Assert.True(GoDuration.TryParse(interval, out GoDuration duration, out _));
        return new TokenBucket(new RateLimit(duration, burst), _time);
    }
}
